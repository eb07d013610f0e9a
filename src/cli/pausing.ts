import type { Command } from 'commander';
import type { Context } from '../context.ts';
import type { Tx } from '../db/database.ts';
import type { Result } from '../lib/result.ts';
import { type Report, type Run, refused, undoIt } from './report.ts';

interface Pausing {
  readonly argument: readonly [name: string, about: string];
  readonly about: Readonly<Record<'pause' | 'resume', string>>;
  readonly does: (
    context: Context,
    tx: Tx,
    named: string,
    how: { readonly isPaused: boolean; readonly reason: string },
  ) => Promise<Result<{ readonly auditId: string }>>;
}

/** Adds `pause` and `resume`: a server is left alone for a while, and what is known of it stays. */
export function addPausing(command: Command, run: Run, { argument, about, does }: Pausing): void {
  for (const verb of ['pause', 'resume'] as const) {
    command
      .command(verb)
      .description(about[verb])
      .argument(...argument)
      .option('--reason <text>', 'why, for the log', '')
      .action((named: string, { reason }: { reason: string }) =>
        run(async (context): Promise<Report> => {
          const how = { isPaused: verb === 'pause', reason };
          const done = await context.inTx((tx) => does(context, tx, named, how));
          return done.ok ? { ok: true, text: `Done. ${undoIt(done.auditId)}` } : refused(done);
        }),
      );
  }
}
