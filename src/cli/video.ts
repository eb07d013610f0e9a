import { Command, Option } from 'commander';
import type { VideoId } from '../lib/ids.ts';
import { type StoreName, storeNames } from '../modules/storage/index.ts';
import { addVideoMeasures } from './measures.ts';
import { noted, recorded, remakeOf, remakeOfMany } from './noted.ts';
import { inMegabytes } from './progress.ts';
import { type Tried, tried } from './rehearsal.ts';
import { missing, misused, type Report, type Run, refused } from './report.ts';
import { videoIdIn } from './video-ids.ts';

/** `vireo video …`: the files of single videos, and what the staff does to them. */
export function videoCommand(run: Run): Command {
  const command = new Command('video').description(
    'single videos: what is stored of them, and what the staff does to them',
  );
  for (const add of [addRetranscode, addVerify, addThumbnails, addPurge, addMove]) add(command, run);
  return addVideoMeasures(command, run);
}

const BATCH = 200;

/** `vireo video retranscode` */
function addRetranscode(command: Command, run: Run): void {
  command
    .command('retranscode')
    .description(
      'make everything of a video anew in the background, as after an update of ffmpeg or of the sizes',
    )
    .argument('[video]', 'its id, as in its address', videoIdIn)
    .option('--all', 'every video of this server whose upload was kept')
    .option('--dry-run', 'only tell how many there are')
    .action(
      (videoId: VideoId | undefined, { all = false, dryRun = false }: { all?: boolean; dryRun?: boolean }) =>
        run(async ({ videos, inTx, audit }): Promise<Report> => {
          if ((videoId === undefined) === !all) return misused('Name one video, or say --all.');
          const verb = dryRun ? 'would' : 'will';
          if (videoId !== undefined) {
            const ask = recorded({ audit }, remakeOf(videoId, 'all'), (tx) =>
              videos.askToRemake(tx, videoId),
            );
            const asked = await tried(inTx, dryRun, ask);
            if (!asked.ok) return refused(asked);
            return { ok: true, text: `It ${verb} be made anew.` };
          }
          let count = 0;
          for (let after: VideoId | null = null; ; ) {
            const ids: VideoId[] = await videos.remakeable(after, BATCH);
            for (const id of ids) {
              const asked = await tried(inTx, dryRun, (tx) => videos.askToRemake(tx, id));
              if (asked.ok) count += 1;
            }
            after = ids.at(-1) ?? null;
            if (ids.length === BATCH) continue;
            if (!dryRun && count > 0) await noted({ audit, inTx }, remakeOfMany('all', count));
            return { ok: true, text: `${count} videos ${verb} be made anew.` };
          }
        }),
    );
}

/** `vireo video verify` */
function addVerify(command: Command, run: Run): void {
  command
    .command('verify')
    .description('read everything that is stored for a video, and compare it with what is known of it')
    .argument('<video>', 'its id', videoIdIn)
    .option('--repair', 'put a good copy in the place of a bad one, or have it made again')
    .option('--dry-run', 'only tell what there is, as without --repair')
    .action((videoId: VideoId, { repair = false, dryRun = false }: { repair?: boolean } & Tried) =>
      run(async ({ media, videos, audit, inTx }): Promise<Report> => {
        if (!(await videos.internal(videoId))) return noVideo(videoId);
        const mend = repair && !dryRun;
        const { objects, counts, unmended, findings, ...report } = await media.checkContent({
          ...{ repair: mend, prefix: `media/${videoId}/` },
        });
        if (mend)
          await noted({ audit, inTx }, { action: 'storage.mend', target: { kind: 'video', id: videoId } });
        const text = `${objects} objects (${inMegabytes({ objects, ...report })}) were read: ${counts.missing} missing, ${counts.damaged} damaged, ${counts.orphan} orphans.`;
        return { ok: unmended === 0, rows: findings, text };
      }),
    );
}

/** `vireo video regenerate-thumbnails` */
function addThumbnails(command: Command, run: Run): void {
  command
    .command('regenerate-thumbnails')
    .description(
      'make the storyboard and the preview of a video anew, and the poster that its author has chosen',
    )
    .argument('<video>', 'its id', videoIdIn)
    .option('--dry-run', 'only tell whether that can be done')
    .action((videoId: VideoId, { dryRun = false }: { dryRun?: boolean }) =>
      run(async ({ videos, inTx, audit }): Promise<Report> => {
        const ask = recorded({ audit }, remakeOf(videoId, 'thumbnails'), (tx) =>
          videos.askForThumbnails(tx, videoId),
        );
        const asked = await tried(inTx, dryRun, ask);
        if (!asked.ok) return refused(asked);
        return { ok: true, text: `They ${dryRun ? 'would' : 'will'} be made anew.` };
      }),
    );
}

/** `vireo video purge` */
function addPurge(command: Command, run: Run): void {
  command
    .command('purge')
    .description(
      'remove the copy of a video of another server; it comes back when somebody opens it. Videos of this server are removed by moderation',
    )
    .argument('<video>', 'its id', videoIdIn)
    .option('--dry-run', 'only tell what would go')
    .action((videoId: VideoId, { dryRun = false }: { dryRun?: boolean }) =>
      run(async ({ videos, inTx, audit }): Promise<Report> => {
        const target = { kind: 'video', id: videoId } as const;
        const evict = recorded({ audit }, { action: 'storage.clean', target }, (tx) =>
          videos.storageUse.evict(tx, videoId),
        );
        const gone = await tried(inTx, dryRun, evict);
        if (!gone.ok) return refused(gone);
        const { bytes } = gone;
        return { ok: true, text: `${inMegabytes({ objects: 0, bytes })} ${dryRun ? 'would go' : 'went'}.` };
      }),
    );
}

/** `vireo video move` */
function addMove(command: Command, run: Run): void {
  command
    .command('move')
    .description('move what is stored for one video to another store; it is served from wherever it lies')
    .argument('<video>', 'its id', videoIdIn)
    .addOption(new Option('--to <store>', 'where to').choices([...storeNames]).makeOptionMandatory())
    .option('--dry-run', 'only tell what would be moved')
    .action((videoId: VideoId, { to, dryRun = false }: { to: StoreName; dryRun?: boolean }) =>
      run(async ({ media, videos, audit, inTx }): Promise<Report> => {
        if (!(await videos.internal(videoId))) return noVideo(videoId);
        const outcome = await media.moveVideo(videoId, to, { dryRun });
        if (!outcome.ok) return refused(outcome);
        const { objects, damaged } = outcome;
        const target = { kind: 'video', id: videoId } as const;
        if (!dryRun)
          await noted({ audit, inTx }, { action: 'storage.move', target, detail: { to, objects } });
        const verb = dryRun ? 'would be moved' : 'were moved and verified';
        const rows = damaged.map((key) => ({ damaged: key }));
        return {
          ok: damaged.length === 0,
          rows,
          text: `${objects} objects (${inMegabytes(outcome)}) ${verb}.`,
        };
      }),
    );
}

function noVideo(videoId: VideoId): Report {
  return missing(`There is no video ${videoId}.`);
}
