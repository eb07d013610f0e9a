import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { type Id, idSchema, type SoundId, type VideoId } from '../lib/ids.ts';
import { ok, type Result } from '../lib/result.ts';
import {
  type ListedId,
  type ListedSoundAction,
  listedSoundActions,
  type MatchId,
} from '../modules/hashes/index.ts';
import { operator } from '../modules/staff/index.ts';
import { textOf } from './given-file.ts';
import { DRY_RUN, ofTrial, type Tried, tried } from './rehearsal.ts';
import { type Report, type Run, refused } from './report.ts';

const LISTED = 1_000;
const PAGE = { maxId: null, minId: null, sinceId: null, limit: LISTED };

/** `vireo hash …`: what must not be posted again. */
export function hashCommand(run: Run): Command {
  const command = new Command('hash').description('files, videos and sounds that must not be posted again');

  command
    .command('list')
    .description('list them, newest first')
    .action(() =>
      run(async ({ hashes }) => {
        const rows = (await hashes.list(PAGE)).map(({ phash, sound, ...rest }) => ({
          ...rest,
          frames: (phash?.length ?? 0) / 16,
          soundSeconds: Math.round((sound?.length ?? 0) / 64),
        }));
        return { ok: true, rows, text: `${rows.length} entries.` };
      }),
    );

  command
    .command('add')
    .description('list a video that is here, by its file and its pictures')
    .argument('<video>', 'its id', anId<'video'>)
    .option('--label <text>', 'what it is', '')
    .action((videoId: VideoId, { label }: { label: string }) =>
      run(async ({ hashes, inTx }) =>
        told(await inTx((tx) => hashes.addVideo(tx, operator, { videoId, label })), 'It is on the list.'),
      ),
    );

  command
    .command('add-sound')
    .description('list what is heard in a sound that is here')
    .argument('<sound>', 'its id', anId<'sound'>)
    .addOption(
      new Option('--action <action>', 'what happens to videos in which it is heard')
        .choices([...listedSoundActions])
        .default('refuse'),
    )
    .option('--label <text>', 'what it is', '')
    .action((soundId: SoundId, { action, label }: { action: ListedSoundAction; label: string }) =>
      run(async ({ hashes, inTx }) =>
        told(
          await inTx((tx) => hashes.addSound(tx, operator, { soundId, action, label })),
          'It is on the list.',
        ),
      ),
    );

  command
    .command('remove')
    .description('take an entry from the list')
    .argument('<id>', 'as list shows it', anId<'listed'>)
    .option(...DRY_RUN)
    .action((id: ListedId, options: Tried) =>
      run(async ({ hashes, inTx }) =>
        ofTrial(
          told(
            await tried(inTx, options.dryRun === true, (tx) => hashes.remove(tx, operator, id)),
            'It is on the list no more.',
          ),
          options,
        ),
      ),
    );

  command
    .command('import')
    .description('add the entries of a file: CSV with sha256, phash, label, sound and sound_action')
    .argument('<file>')
    .option('--dry-run', 'say what would be added, and add nothing')
    .action((file: string, { dryRun }: { dryRun?: boolean }) =>
      run(async ({ hashes, inTx }): Promise<Report> => {
        const csv = await textOf(file);
        const outcome = dryRun
          ? ok({ imported: await hashes.preview(csv, inTx) })
          : await inTx((tx) => hashes.import(tx, operator, csv));
        if (!outcome.ok) return refused(outcome);
        const { added, known, bad } = outcome.imported;
        const lines = bad.length === 0 ? '' : ` Lines that say nothing: ${bad.slice(0, 20).join(', ')}.`;
        const text = `${added} added, ${known} known.${lines}${dryRun ? ' Nothing was changed.' : ''}`;
        return { ok: true, rows: [{ added, known, bad: bad.length }], text };
      }),
    );

  command
    .command('export')
    .description('write the list to a file, for another server')
    .argument('<file>')
    .action((file: string) =>
      run(async ({ hashes }) => {
        await writeFile(file, await hashes.export());
        return { ok: true, text: `The list is in ${file}.` };
      }),
    );

  command
    .command('matches')
    .description('list what was kept away, newest first')
    .action(() =>
      run(async ({ hashes }) => {
        const rows = await hashes.matches(PAGE);
        return { ok: true, rows, text: `${rows.length} matches.` };
      }),
    );

  command
    .command('evidence')
    .description('write the file of a match to this machine; it is put on record that you did, and why')
    .argument('<match>', 'as matches shows it', anId<'listed-match'>)
    .requiredOption('--reason <text>', 'why, for the log')
    .requiredOption('--out <file>', 'where to')
    .action((id: MatchId, { reason, out }: { reason: string; out: string }) =>
      run(async ({ hashes, inTx }): Promise<Report> => {
        const opened = await inTx((tx) => hashes.openEvidence(tx, operator, { id, reason }));
        if (!opened.ok) return told(opened, '');
        return told(await hashes.takeEvidence(opened.match, resolve(out)), `It is in ${out}.`);
      }),
    );
  return command;
}

function told(outcome: Result, done: string): Report {
  return outcome.ok ? { ok: true, text: done } : refused(outcome);
}

function anId<Kind extends string>(text: string): Id<Kind> {
  const read = idSchema<Kind>().safeParse(text);
  if (!read.success) throw new InvalidArgumentError('Write an id.');
  return read.data;
}
