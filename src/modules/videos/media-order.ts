import type { Tx } from '../../db/database.ts';
import type { NewJob } from '../../jobs/enqueue.ts';
import type { AccountId, VideoId } from '../../lib/ids.ts';

/** What goes first in the queue for media: what can be played soonest, then the rest of it. */
const STAGES = {
  'media.process': 0,
  'media.ladder': 1,
  'media.poster': 1,
  'media.resound': 1,
  'media.extras': 2,
  'media.remake': 3,
  /** In queues of their own, where only the turn among their kind counts. */
  'media.transcribe': 0,
  'media.classify': 0,
} as const;
type Stage = keyof typeof STAGES;

/**
 * Who asked for a copy of a remote video, in the order of their turn: somebody who opened it, somebody who may see
 * it in a list, nobody here (most of these get no more than their poster), and the staff who have it made anew.
 * The queue for copies begins with what is brought back from the cold store for a viewer (priority 0), and ends
 * with what is taken there (`LAST_PRIORITY`).
 */
const ASKERS = { viewer: 0, list: 1, nobody: 2, staff: 3 } as const;
export type Asker = keyof typeof ASKERS;

const LONGEST_LINE = 999;
const turn = (step: number, ahead: number) => step * (LONGEST_LINE + 1) + Math.min(LONGEST_LINE, ahead) + 1;

/**
 * The job of one stage, in its place: by stage, then what is of this server, then by how many videos its author
 * sent before it that are not done either. So nobody's hundred uploads hold up somebody's first, whenever their
 * jobs are added.
 */
export async function stageJob<N extends Stage>(tx: Tx, name: N, videoId: VideoId) {
  const row: { local: boolean; ahead: number } | undefined = await tx('videos')
    .where({ id: videoId })
    .first('local', tx.raw(`(${unfinishedOf('videos.account_id', 'line.id < videos.id')}) as ahead`));
  const step = STAGES[name] * 2 + (row?.local === false ? 1 : 0);
  const priority = turn(step, row?.ahead ?? 0);
  return { name, payload: { videoId }, key: `${name}:${videoId}`, priority };
}

/** Whether nothing is being made of a video, nor waits to be. To be asked with its row locked: then it stays so. */
export async function isAtRest(tx: Tx, videoId: VideoId): Promise<boolean> {
  const keys = Object.keys(STAGES).map((name) => `${name}:${videoId}`);
  return !(await tx('jobs').where({ state: 'pending' }).whereIn('key', keys).first('id'));
}

/**
 * The jobs that copy remote videos, most wanted first: by who asked, then by how many of the same author wait
 * before it. So an account that posts a lot, or whose old videos are fetched, holds up no other. At most one job
 * of a video waits, and one that runs sees what its asker wrote, or runs again.
 */
export async function replicateJobs(
  tx: Tx,
  wanted: readonly { readonly id: VideoId; readonly asker: Asker }[],
): Promise<NewJob<'media.replicate'>[]> {
  const ids = wanted.map(({ id }) => id);
  const { rows } = await tx.raw<{ rows: { id: VideoId; author: AccountId; ahead: number }[] }>(
    `select videos.id, author.id as author, author.ahead from videos join (
       select id, (${unfinishedOf('authors.id', COPY_WAITS)}) as ahead
         from (select distinct account_id as id from videos where id = any(:ids)) as authors
     ) as author on author.id = videos.account_id
      where videos.id = any(:ids)`,
    { ids },
  );
  const authors = new Map(rows.map(({ id, author }) => [id, author]));
  const lines = new Map(rows.map(({ author, ahead }) => [author, ahead]));
  return wanted.flatMap(({ id, asker }) => {
    const author = authors.get(id);
    if (author === undefined) return [];
    const ahead = lines.get(author) ?? 0;
    lines.set(author, ahead + 1);
    return [
      {
        name: 'media.replicate',
        payload: { videoId: id },
        key: replicateKey(id),
        priority: turn(ASKERS[asker], ahead),
      },
    ];
  });
}

/** The place of a copy that somebody waits for, where nothing else of its author is copied. */
export const VIEWER_PRIORITY = turn(ASKERS.viewer, 0);

/** What the key of a job that copies a video begins with. */
const REPLICATE = 'media.replicate:';

/** The copy of a video is to be made already. */
const COPY_WAITS = `line.id <> all(:ids) and exists (
  select 1 from jobs where key = '${REPLICATE}' || line.id and jobs.state = 'pending')`;

/** Names the one pending job that copies a video. */
export function replicateKey(videoId: VideoId): string {
  return `${REPLICATE}${videoId}`;
}

/** Most videos of one author that are looked at: what nobody asked for lies among them, without end. */
const MOST_LOOKED_AT = 5_000;

/** How many videos of an author wait for a job or are at work, as an expression. What waits to be opened does not wait for a job. */
function unfinishedOf(author: string, which: string): string {
  return `select count(*)::int from (
    select id, state, media_reason from videos one
     where one.account_id = ${author} and one.media_state in ('waiting', 'working')
     limit ${MOST_LOOKED_AT}) as line
     where line.media_reason is null and line.state <> 'uploading' and ${which}`;
}
