import { Argument, Command } from 'commander';
import type { Setting, SettingChanges } from '../modules/settings/index.ts';
import { operator } from '../modules/staff/index.ts';
import { tried } from './rehearsal.ts';
import { missing, type Report, type Run, refused } from './report.ts';

/** `vireo settings …`: what can be set while the server runs. */
export function settingsCommand(run: Run): Command {
  const command = new Command('settings').description('what can be set while the server runs');

  command
    .command('list')
    .description('list all settings: how they are set, and by whom')
    .action(() =>
      run(async ({ settings }) => {
        const rows = settings.list().map(rowOf);
        return { ok: true, rows, text: `${rows.length} settings.` };
      }),
    );

  command
    .command('get')
    .description('print one setting whole')
    .argument('<name>', 'such as INSTANCE_NAME')
    .action((name: string) =>
      run(async ({ settings }): Promise<Report> => {
        const setting = settings.byName(name);
        if (!setting) return missing(`There is no setting ${name}; see: vireo settings list`);
        return { ok: true, text: setting.value ?? '', rows: [] };
      }),
    );

  command
    .command('set')
    .description('set one; counts at once in a running server')
    .argument('<name>')
    .argument('<value>', 'as the environment would write it')
    .option('--reason <text>', 'for those who ask later', '')
    .option('--dry-run', 'say whether it would be taken, and change nothing')
    .action((name: string, value: string, options: ChangeOptions) => change(run, { [name]: value }, options));

  command
    .command('reset')
    .description('go back to the default')
    .argument('<name>')
    .option('--reason <text>', 'for those who ask later', '')
    .option('--dry-run', 'say whether it would be taken, and change nothing')
    .action((name: string, options: ChangeOptions) => change(run, { [name]: null }, options));

  command
    .command('export')
    .description('print what the staff set, as lines for an .env file')
    .action(() =>
      run(async ({ settings }) => {
        const set = settings.list().filter(({ source }) => source === 'staff');
        const lines = set.map(({ name, value }) => `${name}=${JSON.stringify(value)}`);
        return { ok: true, text: lines.join('\n') };
      }),
    );
  return command;
}

/** `vireo registrations …`: who may join. */
export function registrationsCommand(run: Run): Command {
  return new Command('registrations')
    .description('who may join this server: anybody, whom somebody approves, who has an invite, or nobody')
    .addArgument(new Argument('<mode>', 'from now on').choices(['open', 'approval', 'invite', 'closed']))
    .option('--reason <text>', 'for those who ask later', '')
    .option('--dry-run', 'say whether it would be taken, and change nothing')
    .action((mode: string, options: ChangeOptions) => change(run, { REGISTRATIONS: mode }, options));
}

interface ChangeOptions {
  readonly reason: string;
  readonly dryRun?: true;
}

function change(run: Run, changes: SettingChanges, { reason, dryRun }: ChangeOptions): Promise<void> {
  return run(async ({ settings, inTx }): Promise<Report> => {
    const outcome = await tried(inTx, dryRun === true, (tx) =>
      settings.change(tx, operator, changes, reason),
    );
    if (!outcome.ok) return refused(outcome);
    const { changed } = outcome;
    if (dryRun) {
      const names = changed.join(', ');
      return { ok: true, text: names === '' ? 'Nothing would change.' : `${names} would change.` };
    }
    await settings.refresh();
    const rows = Object.keys(changes)
      .flatMap((name) => settings.byName(name) ?? [])
      .map(rowOf);
    return { ok: true, rows, text: changed.length === 0 ? 'It is so already.' : '' };
  });
}

const SHOWN_CHARACTERS = 60;

function rowOf({ name, value, source, changedAt }: Setting) {
  const short =
    value !== null && value.length > SHOWN_CHARACTERS ? `${value.slice(0, SHOWN_CHARACTERS)}…` : value;
  return { name, value: short, source, changedAt };
}
