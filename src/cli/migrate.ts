import { Command } from 'commander';
import { migrateServer, readSchema } from '../migrating.ts';
import { stepTeller } from './progress.ts';
import { DRY_RUN, ofTrial, type Tried } from './rehearsal.ts';
import { type Report, type RunAlone, refused } from './report.ts';

/** `vireo migrate …`: the shape of the database. Without a word behind it: `run`. */
export function migrateCommand(run: RunAlone): Command {
  const command = new Command('migrate').description(
    'the shape of the database, which a server that starts brings up to date by itself; without a word behind it, `run`',
  );
  addRun(command, run);
  addStatus(command, run);
  return command;
}

/** `vireo migrate run` */
function addRun(command: Command, run: RunAlone): void {
  command
    .command('run', { isDefault: true })
    .description(
      'run the migrations that have not run, as the next start would; waits for whoever migrates already, and refuses a database that a newer version changed',
    )
    .option(...DRY_RUN)
    .action(({ dryRun = false }: Tried) =>
      run(async (config, log): Promise<Report> => {
        const outcome = await migrateServer(config, { dryRun, log, tell: stepTeller() });
        if (!outcome.ok) return refused(outcome);
        const rows = outcome.names.map((migration) => ({ migration }));
        if (rows.length === 0) return { ok: true, text: 'The database is up to date.' };
        const what = dryRun ? 'would run.' : 'ran.';
        return ofTrial({ ok: true, rows, text: `${rows.length} migrations ${what}` }, { dryRun });
      }),
    );
}

/** `vireo migrate status` */
function addStatus(command: Command, run: RunAlone): void {
  command
    .command('status')
    .description(
      'which migrations have run, and when; fails where some have not, or a newer version was here',
    )
    .action(() =>
      run(async (config, log): Promise<Report> => {
        const outcome = await readSchema(config, log);
        if (!outcome.ok) return refused(outcome);
        const { migrations, tooNew, isMigrating } = outcome.state;
        const rows = migrations.map(({ name, state, ranAt }) => ({ migration: name, state, ranAt }));
        const count = (wanted: string) => rows.filter(({ state }) => state === wanted).length;
        const newer = count('newer') === 0 ? '' : `, ${count('newer')} of a newer version`;
        const busy = isMigrating ? ' Some process is migrating now.' : '';
        const text = `${count('done')} done, ${count('pending')} pending${newer}.${busy}`;
        if (tooNew !== null) return { ok: false, reason: 'schema-too-new', rows, text: `${text} ${tooNew}` };
        return { ok: count('pending') === 0, rows, text };
      }),
    );
}
