import { createInterface } from 'node:readline/promises';
import { Argument, Command } from 'commander';
import type { Context } from '../context.ts';
import { DRY_RUN, ofTrial, type Tried } from './rehearsal.ts';
import { misused, type Report, type Run, refused } from './report.ts';

interface Options extends Tried {
  readonly domain?: string;
  readonly reason: string;
}

/** `vireo self-destruct` */
export function selfDestructCommand(run: Run): Command {
  return new Command('self-destruct')
    .description(
      'close this server for good: nobody joins any more, every account is deleted, and every server that knows it is told. Nobody can take it back. Leave the server running until “status” says that all is done: what tells other servers is sent and signed by it, and whoever asks is answered that the accounts are gone. Files of accounts go as with any deletion; all else on the disk and in the bucket stays until you delete it. Where it was broken off, the same command goes on',
    )
    .addArgument(
      new Argument('[action]', 'begin or go on, or tell how far it is')
        .choices(['begin', 'status'])
        .default('begin'),
    )
    .option('--domain <domain>', 'the domain of this server, to show that it is meant; else it is asked for')
    .option('--reason <text>', 'why, for the log', '')
    .option(...DRY_RUN)
    .action((action: 'begin' | 'status', options: Options) =>
      run((context) => {
        if (action === 'status') return status(context);
        return options.dryRun ? preview(context, options) : begin(context, options);
      }),
    );
}

async function preview({ closing }: Context, options: Options): Promise<Report> {
  const counted = await closing.preview();
  const text = `${counted.accounts} accounts would end, and ${counted.servers} servers be told.`;
  return ofTrial({ ok: true, rows: [counted], text }, options);
}

async function begin({ closing, inTx, urls: { domain } }: Context, options: Options): Promise<Report> {
  const named = options.domain ?? (await asked(domain));
  if (named === null) {
    return misused(`Say which server is meant: --domain, with the domain of this one.`);
  }
  if (named.toLowerCase() !== domain) {
    return misused(`“${named}” is not the domain of this server, which is ${domain}. Nothing was changed.`);
  }
  const { reason } = options;
  const outcome = await inTx((tx) => closing.begin(tx, { reason }));
  if (!outcome.ok) return refused(outcome);
  const state = await closing.status();
  const text = `${outcome.isNew ? 'The server closes.' : 'The server closes already; it goes on.'} Workers end the accounts and tell other servers. Leave it running until “vireo self-destruct status” says that all is done.`;
  return { ok: true, rows: state ? [state] : [], text };
}

async function status({ closing }: Context): Promise<Report> {
  const state = await closing.status();
  if (!state) return { ok: true, text: 'This server does not close.' };
  const { accounts, untold, uncleared, deliveries, dead } = state;
  const left = accounts + untold + uncleared + deliveries;
  const text =
    left > 0
      ? `${accounts} accounts and ${deliveries} deliveries are left. Leave the server running.`
      : `All is done: every account has ended, and nothing waits to be sent. The server may be stopped, and its files deleted.${gaveUp(dead)}`;
  return { ok: true, rows: [state], text };
}

const gaveUp = (dead: number): string =>
  dead === 0 ? '' : ` ${dead} deliveries were given up; “vireo delivery dead” lists them.`;

/** Asks for the domain where somebody sits at a terminal; null where nobody does. */
async function asked(domain: string): Promise<string | null> {
  if (!process.stdin.isTTY) return null;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const question = `This deletes every account of ${domain} and tells every server that knows it. Nobody can take it back.\nType the domain to go on: `;
    return (await terminal.question(question)).trim();
  } finally {
    terminal.close();
  }
}
