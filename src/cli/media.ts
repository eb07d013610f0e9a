import { Command, InvalidArgumentError, Option } from 'commander';
import { transcriptionLimits } from '../../config/media-limits.ts';
import { parseId, type VideoId } from '../lib/ids.ts';
import type { StoreName } from '../modules/storage/index.ts';
import { inMegabytes, progressTeller } from './progress.ts';
import type { Report, Run } from './report.ts';

/** `vireo media …`: what media takes, and what may go. */
export function mediaCommand(run: Run): Command {
  const command = new Command('media').description('what media takes, where it lies, and what may go');
  for (const add of [addUsage, addPrune, addOrphans, addRemake, addTranscribe, addMove]) add(command, run);
  return command;
}

const GB = 1024 ** 3;
const DAY_MS = 24 * 3_600_000;

/** `vireo media usage` */
export function addUsage(command: Command, run: Run): void {
  command
    .command('usage')
    .description(
      'what media takes, by kind; uploads that are kept as they came are counted in the storage itself',
    )
    .action(() =>
      run(async ({ videos, archives, clock }): Promise<Report> => {
        const { usage, cachedBytes, cache, orphans } = videos.storageUse;
        const [kinds, cached, stored] = [
          await usage(),
          await cachedBytes(),
          await orphans({ remove: false, now: clock.now() }),
        ];
        const originals = { kind: 'originals', objects: stored.originals, bytes: stored.originalBytes };
        const rows = [...kinds, ...(await archives.usage()), originals].map((use) => ({
          ...use,
          size: sizeOf(use.bytes),
        }));
        const text = `Copies of videos of other servers: ${sizeOf(cached)} of ${sizeOf(cache.maxBytes)}.`;
        return { ok: true, rows, text };
      }),
    );
}

/** `vireo media prune` */
export function addPrune(command: Command, run: Run): void {
  command
    .command('prune')
    .description(
      'remove copies of videos of other servers; they come back when somebody opens them. Without options: as far as the configuration says',
    )
    .option('--older-than <days>', 'that nobody watched for so long, such as 30d', daysIn)
    .option(
      '--to <size>',
      'least recently watched first, until no more than this is left, such as 20GB',
      bytesIn,
    )
    .option('--dry-run', 'only tell what would go')
    .action((options: { olderThan?: number; to?: number; dryRun?: boolean }) =>
      run(async ({ videos }): Promise<Report> => {
        const { cache, prune } = videos.storageUse;
        const isAsked = options.olderThan !== undefined || options.to !== undefined;
        const asConfigured = {
          toBytes: cache.maxBytes,
          ...(cache.maxAgeMs > 0 ? { unwatchedForMs: cache.maxAgeMs } : {}),
        };
        const wanted = isAsked ? { unwatchedForMs: options.olderThan, toBytes: options.to } : asConfigured;
        const gone = await prune({ ...wanted, dryRun: options.dryRun ?? false });
        const verb = options.dryRun ? 'would go' : 'went';
        return { ok: true, text: `${gone.videos} copies ${verb}, ${sizeOf(gone.bytes)}.` };
      }),
    );
}

/** `vireo media orphans` */
export function addOrphans(command: Command, run: Run): void {
  command
    .command('orphans')
    .description('find stored objects that nothing names any more')
    .option('--delete', 'remove them')
    .action((options: { delete?: boolean }) =>
      run(async ({ videos, clock }): Promise<Report> => {
        const remove = options.delete ?? false;
        const found = await videos.storageUse.orphans({ remove, now: clock.now() });
        const rows = found.first.map((key) => ({ key }));
        const what = remove ? ' They are removed.' : '';
        return { ok: true, rows, text: `${found.orphans} orphans, ${sizeOf(found.bytes)}.${what}` };
      }),
    );
}

function daysIn(text: string): number {
  const [, days] = /^(\d{1,5})d?$/.exec(text) ?? [];
  if (days === undefined) throw new InvalidArgumentError('Write a number of days, such as 30d.');
  return Number(days) * DAY_MS;
}

const UNITS: Readonly<Record<string, number>> = { MB: 1024 ** 2, GB, TB: 1024 ** 4 };

function bytesIn(text: string): number {
  const [, number, unit = ''] = /^(\d{1,7}(?:\.\d{1,3})?)\s?(MB|GB|TB)$/i.exec(text) ?? [];
  const factor = UNITS[unit.toUpperCase()];
  if (number === undefined || factor === undefined) {
    throw new InvalidArgumentError('Write a size, such as 20GB or 500MB.');
  }
  return Math.floor(Number(number) * factor);
}

function sizeOf(bytes: number): string {
  return bytes < GB ? `${(bytes / 1024 ** 2).toFixed(1)} MB` : `${(bytes / GB).toFixed(2)} GB`;
}

const REMAKE_BATCH = 200;

/** `vireo media remake` */
export function addRemake(command: Command, run: Run): void {
  command
    .command('remake')
    .description(
      'make everything of a video anew in the background, as after an update of ffmpeg or of the sizes',
    )
    .argument('[video]', 'its id, as in its address', videoIdIn)
    .option('--all', 'every video of this server whose upload was kept')
    .action((videoId: VideoId | undefined, { all = false }: { all?: boolean }) =>
      run(async ({ videos, inTx }): Promise<Report> => {
        if ((videoId === undefined) === !all) return { ok: false, text: 'Name one video, or say --all.' };
        if (videoId !== undefined) {
          const asked = await inTx((tx) => videos.askToRemake(tx, videoId));
          if (!asked.ok) return { ok: false, text: asked.detail ?? asked.reason };
          return { ok: true, text: 'It will be made anew.' };
        }
        let count = 0;
        for (let after: VideoId | null = null; ; ) {
          const ids: VideoId[] = await videos.remakeable(after, REMAKE_BATCH);
          for (const id of ids) if ((await inTx((tx) => videos.askToRemake(tx, id))).ok) count += 1;
          after = ids.at(-1) ?? null;
          if (ids.length < REMAKE_BATCH) return { ok: true, text: `${count} videos will be made anew.` };
        }
      }),
    );
}

/** `vireo media transcribe` */
export function addTranscribe(command: Command, run: Run): void {
  command
    .command('transcribe')
    .description('have captions written in the background by the service at TRANSCRIPTION_URL')
    .argument('[video]', 'its id, as in its address', videoIdIn)
    .option('--all-missing', 'every video of this server that has sound and never had captions')
    .action((videoId: VideoId | undefined, { allMissing = false }: { allMissing?: boolean }) =>
      run(async ({ videos, inTx }): Promise<Report> => {
        if ((videoId === undefined) === !allMissing) {
          return { ok: false, text: 'Name one video, or say --all-missing.' };
        }
        const ask = (id: VideoId) => inTx((tx) => videos.askToTranscribe(tx, id));
        if (videoId !== undefined) {
          const asked = await ask(videoId);
          if (!asked.ok) return { ok: false, text: asked.detail ?? asked.reason };
          return { ok: true, text: 'Its captions will be written.' };
        }
        let count = 0;
        for (let after: VideoId | null = null; ; ) {
          const ids: VideoId[] = await videos.withoutCaptions(after, transcriptionLimits.videosPerPage);
          for (const id of ids) {
            const asked = await ask(id);
            if (asked.ok) count += 1;
            else if (asked.reason === 'not-configured') return { ok: false, text: asked.detail ?? '' };
          }
          after = ids.at(-1) ?? null;
          if (ids.length < transcriptionLimits.videosPerPage) {
            return { ok: true, text: `The captions of ${count} videos will be written.` };
          }
        }
      }),
    );
}

function videoIdIn(text: string): VideoId {
  const id = parseId<'video'>(text);
  if (id === null) throw new InvalidArgumentError('Not an id of a video.');
  return id;
}

/** `vireo media move` */
export function addMove(command: Command, run: Run): void {
  command
    .command('move')
    .description(
      'move all media to another store, while the server goes on; to be repeated where it was cut off',
    )
    .addOption(
      new Option('--to <store>', 'where to')
        .choices(['files', 's3'] satisfies StoreName[])
        .makeOptionMandatory(),
    )
    .option('--keep', 'leave them where they were as well')
    .action(({ to, keep = false }: { to: StoreName; keep?: boolean }) =>
      run(async ({ media }): Promise<Report> => {
        const outcome = await media.move(to, { keep, onProgress: progressTeller() });
        if (!outcome.ok) return { ok: false, text: outcome.detail ?? outcome.reason };
        const { objects, damaged, foreign } = outcome;
        const rows = damaged.map((key) => ({ damaged: key }));
        const others =
          foreign === 0 ? '' : ` ${foreign} objects that are not of this server were left alone.`;
        const text = `${objects} objects (${inMegabytes(outcome)}) were ${keep ? 'copied' : 'moved'} and verified.${others}`;
        if (rows.length === 0) return { ok: true, text };
        return { ok: false, rows, text: `${text} Some were damaged before: see \`vireo storage check\`.` };
      }),
    );
}
