import { Command } from 'commander';
import { operator } from '../modules/staff/index.ts';
import { addPausing } from './pausing.ts';
import { DRY_RUN, ofTrial, type Tried, tried } from './rehearsal.ts';
import { type Report, type Run, refused } from './report.ts';

/** `vireo exchange …`: servers that are asked what trends there. */
export function exchangeCommand(run: Run): Command {
  const command = new Command('exchange').description('servers that are asked what trends there');

  command
    .command('list')
    .description('list them, and what became of what they told')
    .action(() =>
      run(async ({ exchange }) => {
        const rows = (await exchange.peers.list()).map(({ id: _id, refused: no, ...peer }) => ({
          ...peer,
          refused: no.map(({ reason, count }) => `${reason}: ${count}`).join(', '),
        }));
        return { ok: true, rows, text: `${rows.length} servers are asked.` };
      }),
    );

  command
    .command('add')
    .description('ask a server from now on what trends there; each video comes from its own server')
    .argument('<host>', 'its name, such as video.example')
    .option(...DRY_RUN)
    .action((address: string, options: Tried) =>
      run(async ({ exchange, inTx }): Promise<Report> => {
        const done = await tried(inTx, options.dryRun === true, (tx) =>
          exchange.peers.add(tx, operator, { address }),
        );
        if (!done.ok) return refused(done);
        const text = `${done.host} is asked from now on. See \`exchange list\` for its answer.`;
        return ofTrial({ ok: true, text }, options);
      }),
    );

  command
    .command('remove')
    .description('ask a server no more; what it told does not count any more')
    .argument('<host>', 'its name')
    .option(...DRY_RUN)
    .action((host: string, options: Tried) =>
      run(async ({ exchange, inTx }): Promise<Report> => {
        const done = await tried(inTx, options.dryRun === true, (tx) =>
          exchange.peers.remove(tx, operator, host),
        );
        if (!done.ok) return refused(done);
        return ofTrial({ ok: true, text: `${host} is not asked any more.` }, options);
      }),
    );

  addPausing(command, run, {
    argument: ['<host>', 'its name'],
    about: { pause: 'do not ask a server for a while', resume: 'ask a server again' },
    does: ({ exchange }, tx, host, how) => exchange.peers.pause(tx, operator, host, how),
  });
  return command;
}
