import { Command } from 'commander';
import { changeInstanceSecret, type SecretChange } from '../instance-secret.ts';
import { stepTeller } from './progress.ts';
import { DRY_RUN } from './rehearsal.ts';
import { type Report, type RunAlone, refused } from './report.ts';

/** `vireo secrets …`: the key that protects what the database holds. */
export function secretsCommand(run: RunAlone): Command {
  const command = new Command('secrets').description('the key that protects what the database holds');
  command
    .command('rotate')
    .description(
      'make a new secret key and seal everything with it; the server must not run; goes on where it was broken off',
    )
    .option('--reason <text>', 'why, for the log', '')
    .option(...DRY_RUN)
    .action(({ reason, dryRun = false }: { reason: string; dryRun?: boolean }) =>
      run(async (config, log): Promise<Report> => {
        const outcome = await changeInstanceSecret(config, { reason, dryRun, log, tell: stepTeller() });
        if (!outcome.ok) return refused(outcome);
        const { change } = outcome;
        return { ok: true, rows: change.places, text: dryRun ? tried(change) : done(change) };
      }),
    );
  return command;
}

const total = ({ places }: SecretChange) => places.reduce((sum, { sealed }) => sum + sealed, 0);

const tried = (change: SecretChange): string =>
  `${total(change)} secrets would be sealed with a new key.${closedOf(change)} (Only tried: nothing was changed.)`;

function done(change: SecretChange): string {
  const { newKeyFile, wasBegun } = change;
  if (wasBegun) return `A change that was broken off is ended: the new secret key counts. ${AFTERWARDS}`;
  const next =
    newKeyFile === null
      ? 'The new key is in its file already, and nothing has to be set.'
      : `Now set SECRET_KEY to what stands in ${newKeyFile}, on every machine; the file goes with the next start.`;
  return `${total(change)} secrets are sealed with a new key.${closedOf(change)} ${next} ${AFTERWARDS}`;
}

const AFTERWARDS =
  'Then start the server and make a backup. Older backups hold the old key, and are restored with it. Links in letters that were sent before lead nowhere any more; a classifier without CLASSIFIER_SECRET needs what “vireo classifier secret” prints.';

function closedOf({ places }: SecretChange): string {
  const closed = places.reduce((sum, one) => sum + one.closed, 0);
  return closed === 0 ? '' : ` ${closed} could not be opened with the old one, and stay as they are.`;
}
