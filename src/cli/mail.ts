import { Command } from 'commander';
import { z } from 'zod';
import type { Tried } from './rehearsal.ts';
import { misused, type Report, type Run, refused } from './report.ts';

/** `vireo mail …`: what this server sends by mail. */
export function mailCommand(run: Run): Command {
  const command = new Command('mail').description('what this server sends by mail');

  command
    .command('test')
    .description('send one message now, and say what the mail server answers')
    .argument('<address>', 'where to')
    .option('--dry-run', 'only greet the mail server and sign in, and send nothing')
    .action((address: string, { dryRun }: Tried) =>
      run(async ({ mail }): Promise<Report> => {
        if (!z.email().safeParse(address).success) {
          return misused(`${address} is no e-mail address.`);
        }
        if (dryRun) {
          const greeted = await mail.greet();
          return greeted.ok
            ? { ok: true, text: 'The mail server answers. Nothing was sent.' }
            : refused(greeted);
        }
        const sent = await mail.test(address);
        if (!sent.ok) return refused(sent);
        return { ok: true, text: `The mail server took a message for ${address}. See whether it arrives.` };
      }),
    );
  return command;
}
