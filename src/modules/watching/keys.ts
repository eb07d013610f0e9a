import { randomBytes } from 'node:crypto';
import type { Db } from '../../db/database.ts';
import { textCodes } from '../../lib/crypto.ts';
import type { TakenEvent, WatchEvent, Watcher } from './model.ts';

export const KEY_BYTES = 16;
const NETWORK_BYTES = 8;
const SALT_BYTES = 32;
const HOUR_MS = 3_600_000;

const DAY_MS = 24 * HOUR_MS;
let lastDay = { number: Number.NaN, text: '' };

/** Of a moment, its date in UTC: mostly the same as the one before. */
export function dayOf(moment: number): string {
  const number = Math.floor(moment / DAY_MS);
  if (number !== lastDay.number) lastDay = { number, text: new Date(moment).toISOString().slice(0, 10) };
  return lastDay.text;
}

/** A hash under one key, such as the salt of a day. */
export type KeyedHash = (text: string) => string;

const cut = (digest: string, bytes = KEY_BYTES): string => digest.slice(0, 2 * bytes);

/**
 * What tells one event from another for good: who sent it, as far as they are signed in, and the id that the client gave. It names
 * nobody without the key of the instance. In hex, like all of these.
 */
export function eventKey(hash: KeyedHash, watcher: Watcher, event: Pick<WatchEvent, 'id'>): string {
  return cut(hash(`${watcher.accountId ?? ''}|${event.id}`));
}

/** What tells a view from another of the same person, video and hour; under a salt that is forgotten after the day. */
export function viewKey(
  hash: KeyedHash,
  { watcher, videoId, now }: { readonly watcher: Watcher; readonly videoId: string; readonly now: number },
): string {
  const who = watcher.accountId === null ? `visitor ${watcher.visitor}` : `account ${watcher.accountId}`;
  return cut(hash(`view|${Math.floor(now / HOUR_MS)}|${videoId}|${who}`));
}

/** The key of watching the same video to its end: another one, and always the same for a view. */
export function completionKey(key: string): string {
  return `${key.slice(0, -1)}${(Number.parseInt(key.slice(-1), 16) ^ 8).toString(16)}`;
}

/**
 * What tells one who watches a video from another for a day, under the salt of that day. People who are not signed in are told by the hash of
 * their network.
 */
export function viewerKey(
  hash: KeyedHash,
  { accountId, network, videoId }: Pick<TakenEvent, 'accountId' | 'network' | 'videoId'>,
): string {
  return cut(
    hash(`viewer|${videoId}|${accountId === null ? `network ${network ?? ''}` : `account ${accountId}`}`),
  );
}

/** What tells networks apart for a day. */
export function networkKey(hash: KeyedHash, network: string): string {
  return cut(hash(`network|${network}`), NETWORK_BYTES);
}

/**
 * The salt of a day, the same for every process; made by whoever needs it first. Who began before midnight may find it swept between two of
 * these statements, and makes another: at worst, a view of the last moments of the day counts once more.
 */
async function saltOf(db: Db, day: string): Promise<Buffer> {
  for (;;) {
    const made = await db('view_salts').where({ day }).first('salt');
    if (made) return made.salt;
    const salt = randomBytes(SALT_BYTES);
    const own = await db('view_salts').insert({ day, salt }).onConflict('day').ignore().returning('day');
    if (own.length > 0) return salt;
  }
}

/** Hashes under the salts of days, asked of PostgreSQL once; of no more than one day this process keeps it. */
export function createSalts(db: Db) {
  let kept: { readonly day: string; readonly hash: Promise<KeyedHash> } | null = null;
  return (day: string): Promise<KeyedHash> => {
    if (kept?.day !== day) {
      const made = { day, hash: saltOf(db, day).then(textCodes) };
      kept = made;
      made.hash.catch(() => {
        if (kept === made) kept = null;
      });
    }
    return kept.hash;
  };
}
