import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Argument, Command, InvalidArgumentError } from 'commander';
import { type LegalHoldId, parseId } from '../lib/ids.ts';
import { type HoldExport, type LegalHold, legalHoldKinds } from '../modules/moderation/index.ts';
import { operator } from '../modules/staff/index.ts';
import { type Report, type Run, refused, undoIt } from './report.ts';

const LISTED = 1_000;
const PAGE = { maxId: null, minId: null, sinceId: null, limit: LISTED };

interface Reason {
  readonly reason: string;
}

/** `vireo hold …`: evidence that is kept for authorities. */
export function holdCommand(run: Run): Command {
  const command = new Command('hold').description('evidence that is kept for authorities');

  command
    .command('add')
    .description('keep an account, a video or a report as it is now; its files are copied in the background')
    .addArgument(new Argument('<kind>', 'what it is').choices([...legalHoldKinds]))
    .argument('<id>', 'its id', anId)
    .requiredOption('--reason <text>', 'why, for the log')
    .option('--reference <text>', 'number of the case, as the authority calls it', '')
    .action((kind: LegalHold['target']['kind'], id: string, given: Reason & { reference: string }) =>
      run(async ({ legalHolds, inTx }): Promise<Report> => {
        const outcome = await inTx((tx) => legalHolds.add(tx, operator, { target: { kind, id }, ...given }));
        if (!outcome.ok) return refused(outcome);
        const { holdId, auditId } = outcome;
        const rows = [{ id: holdId, auditId }];
        return { ok: true, rows, text: `It is held. ${undoIt(auditId)}` };
      }),
    );

  command
    .command('list')
    .description('list what is held, newest first; what was released, too, until its copies go')
    .action(() =>
      run(async ({ legalHolds }) => {
        const rows = (await legalHolds.list(PAGE)).map(rowOf);
        return { ok: true, rows, text: `${rows.length} holds.` };
      }),
    );

  command
    .command('show')
    .description('list what is kept of one; it is put on record that you looked')
    .argument('<id>', 'as list shows it', aHold)
    .action((id: LegalHoldId) =>
      run(async ({ legalHolds, inTx }): Promise<Report> => {
        const outcome = await inTx((tx) => legalHolds.look(tx, operator, id));
        if (!outcome.ok) return refused(outcome);
        const rows = outcome.items.map(({ path, state, bytes, sha256 }) => ({ path, state, bytes, sha256 }));
        return { ok: true, rows, text: `${outcome.hold.label}: ${outcome.hold.reason}` };
      }),
    );

  command
    .command('release')
    .description('end a hold; its copies go after a month, and until then this can be taken back')
    .argument('<id>', 'as list shows it', aHold)
    .requiredOption('--reason <text>', 'why, for the log')
    .action((id: LegalHoldId, { reason }: Reason) =>
      run(async ({ legalHolds, inTx }): Promise<Report> => {
        const outcome = await inTx((tx) => legalHolds.release(tx, operator, { id, reason }));
        if (!outcome.ok) return refused(outcome);
        const text = `It is released. ${undoIt(outcome.auditId)}`;
        return { ok: true, text };
      }),
    );

  command
    .command('export')
    .description(
      'write everything that is kept of one to a ZIP with hashes; that you did, and why, is put on record',
    )
    .argument('<id>', 'as list shows it', aHold)
    .requiredOption('--reason <text>', 'why, for the log')
    .requiredOption('--out <file>', 'where to; there must be no such file yet')
    .action((id: LegalHoldId, { reason, out }: Reason & { out: string }) =>
      run(async ({ legalHolds, inTx }): Promise<Report> => {
        const outcome = await inTx((tx) => legalHolds.beginExport(tx, operator, { id, reason }));
        if (!outcome.ok) return refused(outcome);
        const { file } = outcome;
        const problem = await written(resolve(out), file);
        if (problem !== null) return { ok: false, text: problem };
        const rows = [{ file: out, bytes: file.size, sums: file.sums }];
        return { ok: true, rows, text: `It is in ${out}. SHA-256 of its SHA256SUMS: ${file.sums}` };
      }),
    );
  return command;
}

/** Null once it is written; else what went wrong. A file that was begun does not stay. */
async function written(path: string, file: HoldExport): Promise<string | null> {
  const out = createWriteStream(path, { flags: 'wx' });
  try {
    const { stream } = await file.open({ start: 0, end: file.size - 1 });
    await pipeline(stream, out);
    return null;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return `${path} is there already: name another file.`;
    await rm(path, { force: true });
    return `It could not be written: ${message}.`;
  }
}

function rowOf({ id, target, label, reason, reference, createdAt, releasedAt, files }: LegalHold) {
  return {
    ...{ id, kind: target.kind, of: target.id, label, reason, reference, createdAt, releasedAt },
    ...files,
  };
}

function anId(text: string): string {
  const id = parseId<string>(text);
  if (id === null) throw new InvalidArgumentError('Write an id.');
  return id;
}

const aHold = (text: string): LegalHoldId => anId(text) as LegalHoldId;
