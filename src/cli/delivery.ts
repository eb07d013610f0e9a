import { Command, InvalidArgumentError, Option } from 'commander';
import { deliveryLimits } from '../../config/limits.ts';
import { parseId } from '../lib/ids.ts';
import type { DeadLetterChoice, DeliveryDesk } from '../modules/instances/index.ts';
import { operator } from '../modules/staff/index.ts';
import type { Report, Run } from './report.ts';

interface Chosen {
  readonly host?: string;
  readonly all?: boolean;
}

/** `vireo delivery …`: what could not be delivered to other servers. */
export function deliveryCommand(run: Run): Command {
  const command = new Command('delivery').description('deliveries to other servers');

  command
    .command('dead')
    .description('list deliveries that were given up, newest first')
    .option('--host <host>', 'only those to this server')
    .option('--before <id>', 'only those made before this one', deliveryId)
    .addOption(limitOption())
    .action((options: { host?: string; before?: string; limit: number }) =>
      run(async ({ federation }): Promise<Report> => {
        const { host = null, before = null, limit } = options;
        const rows = await federation.deliveries.dead({ host, maxId: before, minId: null, limit });
        const last = rows.at(-1);
        const isFull = rows.length === limit && last !== undefined;
        return {
          ok: true,
          rows,
          text: `${rows.length} dead letters.${isFull ? ` More with --before ${last.id}` : ''}`,
        };
      }),
    );

  command
    .command('show')
    .description('all about one of them, with what was to be delivered')
    .argument('<id>')
    .action((text: string) =>
      run(async ({ federation }): Promise<Report> => {
        const id = parseId<'delivery'>(text);
        const found = id && (await federation.deliveries.show(id));
        if (!found) return { ok: false, text: `There is no dead letter ${text}.` };
        return { ok: true, rows: [found.letter], text: found.body };
      }),
    );

  command
    .command('hosts')
    .description('list servers that fail, longest first')
    .addOption(limitOption())
    .action(({ limit }: { limit: number }) =>
      run(async ({ federation }) => {
        const rows = await federation.deliveries.failingHosts(limit);
        return { ok: true, rows, text: `${rows.length} servers fail.` };
      }),
    );

  for (const [verb, description, done] of [
    ['retry', 'deliver them again, for another week of tries', 'queued again'],
    ['discard', 'forget them for good', 'discarded'],
  ] as const) {
    command
      .command(verb)
      .description(description)
      .argument('[id]', 'one of them')
      .option('--host <host>', 'all of one server')
      .option('--all', 'all of all servers')
      .action((id: string | undefined, options: Chosen) =>
        run(async ({ federation }) => act(federation.deliveries, verb, choiceOf(id, options), done)),
      );
  }
  return command;
}

async function act(
  desk: DeliveryDesk,
  verb: 'retry' | 'discard',
  choice: DeadLetterChoice | null,
  done: string,
): Promise<Report> {
  if (!choice) return { ok: false, text: 'Name one id, or give --host or --all: exactly one of the three.' };
  const outcome = await desk[verb](operator, choice);
  if (!outcome.ok) return { ok: false, text: outcome.detail ?? outcome.reason };
  const { count } = outcome;
  if (count === 0) return { ok: false, text: 'There is no such dead letter.' };
  return { ok: true, rows: [{ count }], text: `${count} ${count === 1 ? 'was' : 'were'} ${done}.` };
}

function choiceOf(text: string | undefined, { host, all }: Chosen): DeadLetterChoice | null {
  if ([text, host, all].filter((given) => given !== undefined).length !== 1) return null;
  if (host !== undefined) return { kind: 'host', host };
  if (all) return { kind: 'all' };
  const id = parseId<'delivery'>(text ?? '');
  return id && { kind: 'one', id };
}

function deliveryId(text: string): string {
  const id = parseId<'delivery'>(text);
  if (id === null) throw new InvalidArgumentError('It is not an id.');
  return id;
}

function limitOption(): Option {
  const { deadLettersListed, maxDeadLettersListed } = deliveryLimits;
  return new Option('--limit <count>', `how many at most, up to ${maxDeadLettersListed}`)
    .default(deadLettersListed)
    .argParser((text) => {
      const limit = Number(text);
      if (Number.isInteger(limit) && limit >= 1 && limit <= maxDeadLettersListed) return limit;
      throw new InvalidArgumentError(`It must be 1 to ${maxDeadLettersListed}.`);
    });
}
