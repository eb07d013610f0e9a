import { Command } from 'commander';
import { rankingDefaults } from '../modules/ranking/index.ts';
import { numbersOf } from '../modules/recommending/index.ts';
import { operator } from '../modules/staff/index.ts';
import { misused, type Report, type Run, refused } from './report.ts';

/** `vireo ranking …`: what For You is ranked by. */
export function rankingCommand(run: Run): Command {
  const command = new Command('ranking').description('what For You is ranked by');

  command
    .command('show')
    .description('list every number and its default, and the last changes')
    .action(() =>
      run(async ({ recommending }) => {
        const { settings, version } = await recommending.settings.current();
        const defaults = numbersOf(rankingDefaults);
        const rows = Object.entries(numbersOf(settings)).map(([name, value]) => {
          return { name, value, default: defaults[name] };
        });
        const [last] = await recommending.settings.changes(1);
        const when = last ? ` Last changed ${last.changedAt.toISOString()}.` : '';
        return { ok: true, rows, text: `Version ${version}.${when}` };
      }),
    );

  command
    .command('set')
    .description('change numbers; running servers hear of it')
    .argument('<change...>', 'NAME=NUMBER, such as weights.trending=0.3')
    .option('--reason <text>', 'for those who ask later', '')
    .action((changes: string[], { reason }: { reason: string }) =>
      run(async ({ recommending, inTx }): Promise<Report> => {
        const wrong = changes.find((change) => !/^[\w.]+=-?\d+(\.\d+)?$/.test(change));
        if (wrong !== undefined) return misused(`${wrong} is not of the form NAME=NUMBER.`);
        const numbers = Object.fromEntries(
          changes.map((change) => change.split('=')).map(([name = '', value]) => [name, Number(value)]),
        );
        const done = await inTx((tx) => recommending.settings.change(tx, operator, { numbers, reason }));
        if (!done.ok) return refused(done);
        return { ok: true, text: `Version ${done.live.version}. The next feeds are ranked by it.` };
      }),
    );

  command
    .command('reset')
    .description('rank by the defaults again')
    .action(() =>
      run(async ({ recommending, inTx }): Promise<Report> => {
        const done = await inTx((tx) => recommending.settings.reset(tx, operator));
        return done.ok ? { ok: true, text: `Version ${done.live.version}: the defaults.` } : refused(done);
      }),
    );
  return command;
}
