import { Command } from 'commander';
import { packLimits } from '../../config/exchange-limits.ts';
import { parseId } from '../lib/ids.ts';
import { operator } from '../modules/staff/index.ts';
import { DRY_RUN, ofTrial, type Tried, tried } from './rehearsal.ts';
import { missing, misused, type Report, type Run, refused, undoIt } from './report.ts';

/** For options that may be given again. */
export const several = (value: string, before: readonly string[] = []): string[] => [...before, value];

/** `vireo discover …`: what a new server begins with. */
export function discoverCommand(run: Run): Command {
  const command = new Command('discover').description('fill the feeds of a new server from elsewhere');

  command
    .command('start')
    .description('bring videos of these servers and accounts, each from where it was published')
    .option('--peer <host>', 'a server whose trends and topics are read; may be given again', several, [])
    .option('--topic <tag>', 'a hashtag to look for there; may be given again', several, [])
    .option(
      '--account <handle>',
      'an account whose newest videos are brought; may be given again',
      several,
      [],
    )
    .option('--max <videos>', 'how many videos at most', String(packLimits.defaultVideos))
    .option(...DRY_RUN)
    .action((options: { peer: string[]; topic: string[]; account: string[]; max: string } & Tried) =>
      run(async ({ exchange, inTx }): Promise<Report> => {
        const { peer: hosts, topic: topics, account: accounts } = options;
        const maxVideos = Number(options.max);
        if (!Number.isSafeInteger(maxVideos)) return misused(`“${options.max}” is no number of videos.`);
        const done = await tried(inTx, options.dryRun === true, (tx) =>
          exchange.packs.start(tx, operator, { hosts, topics, accounts, maxVideos }),
        );
        if (!done.ok) return refused(done);
        const text = `Begun as ${done.id}. See \`discover list\` for how far it is.`;
        return ofTrial({ ok: true, text }, options);
      }),
    );

  command
    .command('list')
    .description('say how far it is')
    .action(() =>
      run(async ({ exchange }) => {
        const rows = (await exchange.packs.list()).map(
          ({ refused: no, topics, hosts, accounts, ...pack }) => ({
            ...pack,
            from: [...topics.map((tag) => `#${tag}`), ...hosts, ...accounts].join(' '),
            refused: no.map(({ reason, count }) => `${reason}: ${count}`).join(', '),
          }),
        );
        return { ok: true, rows, text: `${rows.length} times something was brought.` };
      }),
    );

  for (const verb of ['stop', 'resume'] as const) {
    command
      .command(verb)
      .description(
        verb === 'stop' ? 'bring no more of it; what is here stays' : 'go on with one that was stopped',
      )
      .argument('<id>', 'see `discover list`')
      .action((text: string) =>
        run(async ({ exchange, inTx }): Promise<Report> => {
          const id = parseId<'discovery-pack'>(text);
          if (id === null) return missing(`“${text}” is no number of \`discover list\`.`);
          const done = await inTx((tx) =>
            exchange.packs.stop(tx, operator, id, { isStopped: verb === 'stop' }),
          );
          if (!done.ok) return refused(done);
          return { ok: true, text: `Done. ${undoIt(done.auditId)}` };
        }),
      );
  }
  return command;
}
