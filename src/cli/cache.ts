import { Argument, Command } from 'commander';
import { type CacheKind, cacheKinds } from '../modules/maintenance/index.ts';
import { operator } from '../modules/staff/index.ts';
import { sizeOf } from './progress.ts';
import { DRY_RUN, ofTrial, type Tried } from './rehearsal.ts';
import { type Report, type Run, refused } from './report.ts';

/** `vireo cache …`: what lies in Redis only to be at hand. */
export function cacheCommand(run: Run): Command {
  const command = new Command('cache').description('what lies in Redis only to be at hand');
  command
    .command('clear')
    .description(
      'clear what is made anew by itself, all of it or one kind; what waits to be done, delivered or counted is never touched',
    )
    .addArgument(new Argument('[kind]', 'which; all without').choices([...cacheKinds]))
    .option(...DRY_RUN)
    .action((kind: CacheKind | undefined, { dryRun = false }: Tried) =>
      run(async ({ maintenance }): Promise<Report> => {
        const done = await maintenance.clearCaches(operator, { kind: kind ?? null, dryRun });
        if (!done.ok) return refused(done);
        const rows = done.caches.map(({ kind, what, entries, bytes }) => ({
          ...{ kind, entries, size: sizeOf(bytes), what },
        }));
        const entries = rows.reduce((sum, row) => sum + row.entries, 0);
        const text = dryRun ? 'would go.' : 'went.';
        return ofTrial({ ok: true, rows, text: `${entries} entries ${text}` }, { dryRun });
      }),
    );
  return command;
}
