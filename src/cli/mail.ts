import { Command } from 'commander';
import { z } from 'zod';
import type { Report, Run } from './report.ts';

/** `vireo mail …`: what this server sends by mail. */
export function mailCommand(run: Run): Command {
  const command = new Command('mail').description('what this server sends by mail');

  command
    .command('test')
    .description('send one message now, and say what the mail server answers')
    .argument('<address>', 'where to')
    .action((address: string) =>
      run(async ({ mail }): Promise<Report> => {
        if (!z.email().safeParse(address).success) {
          return { ok: false, text: `${address} is no e-mail address.` };
        }
        const sent = await mail.test(address);
        if (!sent.ok) return { ok: false, text: sent.detail ?? sent.reason };
        return { ok: true, text: `The mail server took a message for ${address}. See whether it arrives.` };
      }),
    );
  return command;
}
