import { Command, InvalidArgumentError } from 'commander';
import { raidLimits } from '../../config/rule-limits.ts';
import type { RaidStatus } from '../modules/raid/index.ts';
import { operator } from '../modules/staff/index.ts';
import { type Report, type Run, refused } from './report.ts';

/** `vireo raid …`: one switch against a wave of spam. */
export function raidCommand(run: Run): Command {
  const command = new Command('raid').description(
    'one switch against a wave of spam: sign-ups wait for approval, new servers are limited, mentions by strangers set aside',
  );
  command
    .command('on')
    .description('switch it on; it ends by itself')
    .option('--hours <hours>', 'for how long', hours, raidLimits.hours)
    .option('--reason <text>', 'why, for the log', '')
    .option('--dry-run', 'say what would happen, and change nothing')
    .action((options: { hours: number; reason: string; dryRun?: boolean }) =>
      run(async ({ raid, inTx }): Promise<Report> => {
        if (options.dryRun) return { ok: true, text: `Raid mode would last ${options.hours} hours.` };
        const outcome = await inTx((tx) => raid.on(tx, operator, options));
        return outcome.ok ? told(outcome.status) : refused(outcome);
      }),
    );
  command
    .command('off')
    .description('end raid mode now')
    .option('--reason <text>', 'why, for the log', '')
    .action(({ reason }: { reason: string }) =>
      run(async ({ raid, inTx }): Promise<Report> => {
        const outcome = await inTx((tx) => raid.off(tx, operator, reason));
        return outcome.ok ? told(outcome.status) : refused(outcome);
      }),
    );
  command
    .command('status')
    .description('say whether it is on, and until when')
    .action(() => run(async ({ raid }) => told(await raid.status())));
  return command;
}

function told(status: RaidStatus): Report {
  const text = status.until ? `Raid mode is on until ${status.until.toISOString()}.` : 'Raid mode is off.';
  return { ok: true, rows: [status], text };
}

function hours(text: string): number {
  const number = Number(text);
  if (!/^\d{1,3}$/.test(text) || number < 1 || number > raidLimits.maxHours) {
    throw new InvalidArgumentError(`Write a number of hours, up to ${raidLimits.maxHours}.`);
  }
  return number;
}
