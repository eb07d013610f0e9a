import { Command } from 'commander';
import { parseId } from '../lib/ids.ts';
import { fail } from '../lib/result.ts';
import { operator } from '../modules/staff/index.ts';
import { type Report, type Run, refused, undoIt } from './report.ts';

/** `vireo fasp …`: auxiliary service providers that want to work for this server. */
export function faspCommand(run: Run): Command {
  const command = new Command('fasp').description('auxiliary services (FASP): who may work for this server');
  const noSuch = (id: string) =>
    refused(fail('not-found', `There is no provider “${id}”. See \`fasp list\`.`));

  command
    .command('list')
    .description('list those who wait or are accepted, with the fingerprints of their keys')
    .action(() =>
      run(async ({ fasp }) => {
        const rows = (await fasp.providers.list()).map(({ info, capabilities, callbacks, ...one }) => ({
          ...one,
          called: callbacks.find(({ calledAt }) => calledAt !== null)?.calledAt ?? null,
          privacy: info?.privacyPolicy.map(({ url }) => url).join(' ') ?? '',
          capabilities: capabilities
            .map(({ capability, version, enabled, failure: why }) => {
              const use = enabled ? ` (in use${why === null ? '' : `; ${why}`})` : '';
              return `${capability} ${version}${use}`;
            })
            .join(', '),
        }));
        const waiting = rows.filter(({ state }) => state === 'waiting').length;
        return { ok: true, rows, text: `${rows.length} providers, ${waiting} of them wait for an answer.` };
      }),
    );

  for (const [verb, about] of [
    ['accept', 'accept one, once the fingerprint of its key is the one that it shows'],
    ['refuse', 'refuse one that waits'],
    ['remove', 'use one no more; it may ask for nothing'],
  ] as const) {
    command
      .command(verb)
      .description(about)
      .argument('<id>', 'its number, as `fasp list` shows it')
      .option('--reason <text>', 'why, for the log', '')
      .action((text: string, { reason }: { reason: string }) =>
        run(async ({ fasp, inTx }): Promise<Report> => {
          const id = parseId<'fasp'>(text);
          if (id === null) return noSuch(text);
          const done = await inTx((tx) => fasp.providers[verb](tx, operator, id, { reason }));
          return done.ok ? { ok: true, text: `Done. ${undoIt(done.auditId)}` } : refused(done);
        }),
      );
  }

  command
    .command('callback')
    .description(
      'ask one to call this server, to see whether both reach each other; `fasp list` shows when it did',
    )
    .argument('<id>', 'its number, as `fasp list` shows it')
    .action((text: string) =>
      run(async ({ fasp, inTx }): Promise<Report> => {
        const id = parseId<'fasp'>(text);
        if (id === null) return noSuch(text);
        const asked = await inTx((tx) => fasp.callbacks.ask(tx, operator, id));
        return asked.ok ? { ok: true, text: 'It is being asked.' } : refused(asked);
      }),
    );

  for (const verb of ['enable', 'disable'] as const) {
    command
      .command(verb)
      .description(
        verb === 'enable' ? 'use something that one can do' : 'use something that one can do no more',
      )
      .argument('<id>', 'its number, as `fasp list` shows it')
      .argument('<capability>', 'such as data_sharing')
      .action((text: string, capability: string) =>
        run(async ({ fasp, inTx }): Promise<Report> => {
          const id = parseId<'fasp'>(text);
          if (id === null) return noSuch(text);
          const what = { capability, isEnabled: verb === 'enable' };
          const done = await inTx((tx) => fasp.providers.setCapability(tx, operator, id, what));
          return done.ok ? { ok: true, text: `Done. ${undoIt(done.auditId)}` } : refused(done);
        }),
      );
  }
  return command;
}
