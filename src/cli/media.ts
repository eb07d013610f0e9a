import { Command, InvalidArgumentError, Option } from 'commander';
import { transcriptionLimits } from '../../config/media-limits.ts';
import { retentionLimits } from '../../config/retention-limits.ts';
import type { VideoId } from '../lib/ids.ts';
import { type RetentionClass, retentionClasses } from '../modules/retention/index.ts';
import { noted, recorded, remakeOf, remakeOfMany } from './noted.ts';
import { GB, sizeOf } from './progress.ts';
import { DRY_RUN, ofTrial, type Tried, tried } from './rehearsal.ts';
import { missing, misused, type Report, type Run, refused } from './report.ts';
import { addMove } from './storage.ts';
import { idIn, videoIdIn } from './video-ids.ts';

/** `vireo media …`: what media takes, and what may go. */
export function mediaCommand(run: Run): Command {
  const command = new Command('media').description('what media takes, where it lies, and what may go');
  for (const add of [addUsage, addRetention, addPrune, addOrphans, addLookup, addTranscribe])
    add(command, run);
  // As it was called before: whoever has it in a script goes on.
  addMove(command, run, { hidden: true });
  return command;
}

const DAY_MS = 24 * 3_600_000;

/** `vireo media usage` */
function addUsage(command: Command, run: Run): void {
  command
    .command('usage')
    .description('what is stored, by kind, and how full the disks are')
    .action(() =>
      run(async ({ media, room, videos }): Promise<Report> => {
        await media.use.measure();
        const [{ kinds }, { level, places }, cached] = await Promise.all([
          media.use.last(),
          room.state(),
          videos.storageUse.cachedBytes(),
        ]);
        const rows = kinds.map((use) => ({ ...use, size: sizeOf(use.bytes) }));
        const disks = places.map(
          ({ name, usedBytes, totalBytes }) =>
            ` ${name}: ${sizeOf(usedBytes)} of ${sizeOf(totalBytes)} are taken.`,
        );
        const { maxBytes } = videos.storageUse.cache;
        const copies = `Copies of videos of other servers: ${sizeOf(cached)} of ${sizeOf(maxBytes)}.`;
        return { ok: true, rows, text: `${copies}${disks.join('')} ${LEVEL[level]}` };
      }),
    );
}

const LEVEL = {
  open: 'There is room.',
  'no-copies': 'No new copies of what other servers have are made.',
  full: 'Nothing is taken in.',
} as const;

/** `vireo media retention` */
function addRetention(command: Command, run: Run): void {
  command
    .command('retention')
    .description('what is kept for how long, and what came of looking after it')
    .addOption(new Option('--run <class>', 'do it now for one class').choices([...retentionClasses]))
    .option('--dry-run', 'only tell how it is now, as without --run')
    .action((options: { run?: RetentionClass } & Tried) =>
      run(async ({ retention, audit, inTx }): Promise<Report> => {
        if (options.run !== undefined && !options.dryRun) {
          const target = { kind: 'storage', id: options.run } as const;
          const outcome = await retention.run(options.run);
          if (!outcome.ok) return refused(outcome);
          await noted({ audit, inTx }, { action: 'storage.clean', target });
          const { rows, bytes } = outcome.freed;
          return { ok: true, text: `${rows} went, ${sizeOf(bytes)}.` };
        }
        const states = await retention.list();
        const rows = states.map(({ class: name, state, days, maxBytes, okAt, freed, failure, nextAt }) => ({
          ...{ class: name, state, days, cap: maxBytes === null ? null : sizeOf(maxBytes), okAt },
          ...{ freed: freed?.rows ?? null, freedSize: freed ? sizeOf(freed.bytes) : null, nextAt },
          failure: failure?.error ?? null,
        }));
        const bad = states.filter(({ state }) => state === 'failing' || state === 'overdue');
        if (bad.length === 0) return { ok: true, rows, text: `${rows.length} classes.` };
        const hours = retentionLimits.overdueMs / 3_600_000;
        const names = bad.map(({ class: name }) => name).join(', ');
        return { ok: false, rows, text: `Failing, or not done for ${hours} hours: ${names}.` };
      }),
    );
}

/** `vireo media prune` */
function addPrune(command: Command, run: Run): void {
  command
    .command('prune')
    .description(
      'remove copies of videos of other servers; they come back when somebody opens them. Without bounds: as far as the configuration says',
    )
    .requiredOption('--remote', 'of other servers; videos of this server never go')
    .option('--days <days>', 'those that nobody watched for so long', daysIn)
    .option(
      '--max-gb <gigabytes>',
      'least recently watched first, until no more than this is left',
      gigabytesIn,
    )
    .option('--dry-run', 'only tell what would go')
    .action((options: { days?: number; maxGb?: number; dryRun?: boolean }) =>
      run(async ({ videos, audit, inTx }): Promise<Report> => {
        const { cache, prune } = videos.storageUse;
        const isAsked = options.days !== undefined || options.maxGb !== undefined;
        const asConfigured = {
          toBytes: cache.maxBytes,
          ...(cache.maxAgeMs > 0 ? { unwatchedForMs: cache.maxAgeMs } : {}),
        };
        const wanted = isAsked ? { unwatchedForMs: options.days, toBytes: options.maxGb } : asConfigured;
        const gone = await prune({ ...wanted, dryRun: options.dryRun ?? false });
        if (!options.dryRun) {
          const target = { kind: 'storage', id: 'remote-videos' } as const;
          await noted({ audit, inTx }, { action: 'storage.clean', target, detail: { videos: gone.videos } });
        }
        const verb = options.dryRun ? 'would go' : 'went';
        return { ok: true, text: `${gone.videos} copies ${verb}, ${sizeOf(gone.bytes)}.` };
      }),
    );
}

/** `vireo media orphans` */
function addOrphans(command: Command, run: Run): void {
  command
    .command('orphans')
    .description('find stored objects that nothing names, and what names an object that is nowhere')
    .option(
      '--fix',
      'remove the first; have the second made again, or forget it where it comes back by itself',
    )
    .option('--dry-run', 'only tell what there is, as without --fix')
    .action((options: { fix?: boolean; dryRun?: boolean }) =>
      run(async ({ media, audit, inTx }): Promise<Report> => {
        const mend = options.fix === true && options.dryRun !== true;
        const outcome = await media.scan.run({ mend });
        if (!outcome.ok) return refused(outcome);
        if (mend)
          await noted(
            { audit, inTx },
            { action: 'storage.mend', target: { kind: 'storage', id: 'objects' } },
          );
        const { findings, objects, orphans, orphanBytes, missing, mended } = outcome;
        const found = `${orphans} orphans, ${sizeOf(orphanBytes)}; ${missing} missing; ${objects} objects were looked at.`;
        const left = orphans + missing - mended;
        const advice = mend ? ` ${mended} were mended.` : '';
        return { ok: mend ? left === 0 : true, rows: findings, text: `${found}${advice}` };
      }),
    );
}

/** `vireo media lookup` */
function addLookup(command: Command, run: Run): void {
  command
    .command('lookup')
    .description('what a video, or an object of it, is, and where it lies')
    .argument('<address>', 'of its page, of its file, of its ActivityPub object, or its id or key')
    .action((address: string) =>
      run(async ({ media, videos }): Promise<Report> => {
        const found = await media.lookup(idIn(address), address);
        if (!found) return missing('Nothing here is called so.');
        const video = await videos.internal(found.videoId);
        const state = video ? `${video.state}, media ${video.media.state}` : 'without a row';
        const whose = video?.local ? 'of this server' : `of ${video ? new URL(video.uri).host : 'nobody'}`;
        return { ok: true, rows: found.objects, text: `Video ${found.videoId} ${whose}: ${state}.` };
      }),
    );
}

function daysIn(text: string): number {
  const [, days] = /^(\d{1,5})d?$/.exec(text) ?? [];
  if (days === undefined) throw new InvalidArgumentError('Write a number of days, such as 30.');
  return Number(days) * DAY_MS;
}

function gigabytesIn(text: string): number {
  const [, number] = /^(\d{1,7}(?:\.\d{1,3})?)$/.exec(text) ?? [];
  if (number === undefined) throw new InvalidArgumentError('Write a number of gigabytes, such as 20 or 0.5.');
  return Math.floor(Number(number) * GB);
}

/** `vireo media transcribe` */
function addTranscribe(command: Command, run: Run): void {
  command
    .command('transcribe')
    .description('have captions written in the background by the service at TRANSCRIPTION_URL')
    .argument('[video]', 'its id, as in its address', videoIdIn)
    .option('--all-missing', 'every video of this server that has sound and never had captions')
    .option(...DRY_RUN)
    .action(
      (videoId: VideoId | undefined, { allMissing = false, ...trial }: { allMissing?: boolean } & Tried) =>
        run(async ({ videos, inTx, audit }): Promise<Report> => {
          if ((videoId === undefined) === !allMissing) {
            return misused('Name one video, or say --all-missing.');
          }
          if (videoId !== undefined) {
            const deed = remakeOf(videoId, 'captions');
            const work = recorded({ audit }, deed, (tx) => videos.askToTranscribe(tx, videoId));
            const asked = await tried(inTx, trial.dryRun === true, work);
            if (!asked.ok) return refused(asked);
            return ofTrial({ ok: true, text: 'Its captions will be written.' }, trial);
          }
          let count = 0;
          for (let after: VideoId | null = null; ; ) {
            const ids: VideoId[] = await videos.withoutCaptions(after, transcriptionLimits.videosPerPage);
            for (const id of ids) {
              const asked = await tried(inTx, trial.dryRun === true, (tx) => videos.askToTranscribe(tx, id));
              if (asked.ok) count += 1;
              else if (asked.reason === 'not-configured') return refused(asked);
            }
            after = ids.at(-1) ?? null;
            if (ids.length < transcriptionLimits.videosPerPage) {
              if (!trial.dryRun && count > 0) await noted({ audit, inTx }, remakeOfMany('captions', count));
              return ofTrial({ ok: true, text: `The captions of ${count} videos will be written.` }, trial);
            }
          }
        }),
    );
}
