import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** The days of KuaiRand-Pure (Gao et al. 2022) as they lie beside the repository: what was shown to whom, and what came of it. */

export interface Shown {
  readonly user: number;
  readonly video: number;
  readonly at: number;
  readonly isLong: boolean;
  readonly isLike: boolean;
  readonly isFollow: boolean;
  readonly isComment: boolean;
  readonly isForward: boolean;
  readonly isHate: boolean;
  /** Null in the history: only how it came out is known there. */
  readonly playMs: number | null;
  readonly durationMs: number | null;
}

export interface Item {
  readonly video: number;
  readonly author: string;
  readonly uploadedAt: number;
  readonly durationMs: number | null;
  readonly music: string | null;
  readonly tags: readonly string[];
}

export interface RankingData {
  readonly items: readonly Item[];
  readonly userCount: number;
  /** In the order of time. */
  readonly shown: readonly Shown[];
}

/** Days of the data begin at midnight in China. */
export function dayOf(date: string): number {
  return Date.parse(`${date}T00:00:00+08:00`);
}

/** Videos of the history are told in their order only: the last one at the known time, each earlier one so much before. */
const HISTORY_STEP_MS = 3_600_000;
const HISTORY_START = '2022-04-09';

/** Reads a folder such as `ranking-data/dev`, with all files of events in it. Throws where one is not as its first line promises. */
export function readRankingData(folder: string, eventFiles: readonly string[]): RankingData {
  const items = rowsOf(join(folder, 'items.csv.gz')).map((row) => ({
    video: Number(row.video_id),
    author: row.author_id ?? '',
    uploadedAt: dayOf(row.upload_dt ?? ''),
    durationMs: row.video_duration ? Number(row.video_duration) : null,
    music: row.music_id && row.music_id !== '0' ? row.music_id : null,
    tags: row.tag ? row.tag.split('|') : [],
  }));
  const shown = rowsOf(join(folder, 'history_to_0424.csv.gz')).flatMap(historyOf);
  for (const name of eventFiles) {
    for (const row of rowsOf(resolve(folder, name))) shown.push(eventOf(row));
  }
  shown.sort((a, b) => a.at - b.at);
  let userCount = 0;
  for (const { user } of shown) userCount = Math.max(userCount, user + 1);
  return { items, userCount, shown };
}

type Row = Readonly<Record<string, string>>;

function rowsOf(file: string): Row[] {
  const [head = '', ...lines] = gunzipSync(readFileSync(file)).toString('utf8').trimEnd().split('\n');
  const names = head.trim().split(',');
  return lines.map((line) => {
    const cells = line.trim().split(',');
    if (cells.length !== names.length) throw new Error(`${file}: a line is not like the first one: ${line}`);
    return Object.fromEntries(names.map((name, at) => [name, cells[at] ?? '']));
  });
}

function eventOf(row: Row): Shown {
  const is = (name: string) => row[name] === '1';
  return {
    ...{ user: Number(row.user_id), video: Number(row.video_id), at: Number(row.time_ms) },
    ...{ isLong: is('long_view'), isLike: is('is_like'), isFollow: is('is_follow') },
    ...{ isComment: is('is_comment'), isForward: is('is_forward'), isHate: is('is_hate') },
    playMs: Number(row.play_time_ms),
    durationMs: Number(row.duration_ms),
  };
}

/**
 * The three lists overlap: each keeps its last 50. Those that are not among the last 50 shown are older than these. Every place in the
 * order gets a time, an hour apart or as much closer as the days before allow.
 */
function historyOf(row: Row): Shown[] {
  const list = (name: string) => (row[name] ? row[name].split(' ').map(Number) : []);
  const watched = list('watch_seq');
  const long = list('long_watch_seq');
  const liked = list('like_seq');
  const known = new Set(watched);
  const earlier = [...new Set([...liked, ...long])].filter((video) => !known.has(video));
  const order = [...earlier, ...watched];
  const isLong = new Set(long);
  const isLike = new Set(liked);
  const last = Number(row.last_time_ms);
  const step = Math.min(HISTORY_STEP_MS, (last - dayOf(HISTORY_START)) / Math.max(1, order.length));
  return order.map((video, at) => ({
    ...{ user: Number(row.user_id), video, at: Math.round(last - (order.length - 1 - at) * step) },
    ...{ isLong: isLong.has(video), isLike: isLike.has(video) },
    ...{ isFollow: false, isComment: false, isForward: false, isHate: false },
    ...{ playMs: null, durationMs: null },
  }));
}
