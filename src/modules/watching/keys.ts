import { createHmac, randomBytes } from 'node:crypto';
import type { Db, Tx } from '../../db/database.ts';
import type { WatchEvent, Watcher } from './model.ts';

const KEY_BYTES = 16;
const NETWORK_BYTES = 8;
const SALT_BYTES = 32;
const HOUR_MS = 3_600_000;

export const dayOf = (moment: number): string => new Date(moment).toISOString().slice(0, 10);

const hash = (key: Uint8Array, text: string, bytes = KEY_BYTES): string =>
  createHmac('sha256', key)
    .update(text)
    .digest('hex')
    .slice(0, 2 * bytes);

/**
 * What tells one event from another for good: who sent it, as far as they are signed in, and the id that the client gave. It names
 * nobody without the key of the instance. In hex, like all of these.
 */
export function eventKey(key: Uint8Array, watcher: Watcher, event: Pick<WatchEvent, 'id'>): string {
  return hash(key, `${watcher.accountId ?? ''}|${event.id}`);
}

/** What tells a view from another of the same person, video and hour; under a salt that is forgotten after the day. */
export function viewKey(
  salt: Uint8Array,
  { watcher, videoId, now }: { readonly watcher: Watcher; readonly videoId: string; readonly now: number },
): string {
  const who = watcher.accountId === null ? `visitor ${watcher.visitor}` : `account ${watcher.accountId}`;
  return hash(salt, `view|${Math.floor(now / HOUR_MS)}|${videoId}|${who}`);
}

/** The key of watching the same video to its end: another one, and always the same for a view. */
export function completionKey(key: string): string {
  return `${key.slice(0, -1)}${(Number.parseInt(key.slice(-1), 16) ^ 8).toString(16)}`;
}

/** What tells networks apart for a day. */
export function networkKey(salt: Uint8Array, network: string): string {
  return hash(salt, `network|${network}`, NETWORK_BYTES);
}

/**
 * The salt of a day, the same for every process; made by whoever needs it first. Who began before midnight may find it swept between two of
 * these statements, and makes another: at worst, a view of the last moments of the day counts once more.
 */
async function saltOf(db: Db | Tx, day: string): Promise<Buffer> {
  for (;;) {
    const made = await db('view_salts').where({ day }).first('salt');
    if (made) return made.salt;
    const salt = randomBytes(SALT_BYTES);
    const own = await db('view_salts').insert({ day, salt }).onConflict('day').ignore().returning('day');
    if (own.length > 0) return salt;
  }
}

/** Salts of days, asked of PostgreSQL once; of no more than one day this process keeps it. */
export function createSalts(db: Db) {
  let kept: { readonly day: string; readonly salt: Promise<Buffer> } | null = null;
  return (day: string): Promise<Buffer> => {
    if (kept?.day !== day) {
      const made = { day, salt: saltOf(db, day) };
      kept = made;
      made.salt.catch(() => {
        if (kept === made) kept = null;
      });
    }
    return kept.salt;
  };
}
