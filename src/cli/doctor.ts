import { Command } from 'commander';
import { examine } from '../operations/doctor/index.ts';
import type { RunAlone } from './report.ts';

/** `vireo doctor`: what is wrong with this server, and what to do about it. */
export function doctorCommand(run: RunAlone): Command {
  return new Command('doctor')
    .description('look at everything that this server stands on, name each fault and its fix')
    .option('--quiet', 'only what is wrong')
    .action(({ quiet }: { quiet?: boolean }) =>
      run(async (config, log) => {
        const findings = await examine(config, log);
        const faults = findings.filter(({ level }) => level === 'fault').length;
        const rows = quiet ? findings.filter(({ level }) => level !== 'ok') : findings;
        if (faults === 0) return { ok: true, rows, text: 'Nothing is broken.' };
        return { ok: false, rows, text: `${faults} ${faults === 1 ? 'thing is' : 'things are'} broken.` };
      }),
    );
}
