import { createHmac, randomBytes } from 'node:crypto';
import type { Tx } from '../../db/database.ts';
import type { WatchEvent, Watcher } from './model.ts';

const KEY_BYTES = 16;
const SALT_BYTES = 32;
const HOUR_MS = 3_600_000;

export const dayOf = (moment: number): string => new Date(moment).toISOString().slice(0, 10);

const hash = (key: Uint8Array, text: string): Buffer =>
  createHmac('sha256', key).update(text).digest().subarray(0, KEY_BYTES);

/**
 * What tells one event from another for good: who sent it, as far as they are signed in, and the id that the client gave. It names
 * nobody without the key of the instance.
 */
export function eventKey(key: Uint8Array, watcher: Watcher, event: Pick<WatchEvent, 'id'>): Buffer {
  return hash(key, `${watcher.accountId ?? ''}|${event.id}`);
}

/**
 * What tells a view from another of the same person, video and hour, or a viewer from another of the same video and day; under a salt
 * that is forgotten after the day.
 */
export function viewKey(
  salt: Uint8Array,
  input: {
    readonly what: 'view' | 'complete' | 'viewer';
    readonly watcher: Watcher;
    readonly videoId: string;
    readonly now: number;
  },
): Buffer {
  const { watcher } = input;
  const who = watcher.accountId === null ? `visitor ${watcher.visitor}` : `account ${watcher.accountId}`;
  const hour = input.what === 'viewer' ? '' : Math.floor(input.now / HOUR_MS);
  return hash(salt, `${input.what}|${hour}|${input.videoId}|${who}`);
}

/**
 * The salt of a day, the same for every process; made by whoever needs it first. Who began before midnight may find it swept between two of
 * these statements, and makes another: at worst, a view of the last moments of the day counts once more.
 */
export async function saltOf(tx: Tx, day: string): Promise<Buffer> {
  for (;;) {
    const made = await tx('view_salts').where({ day }).first('salt');
    if (made) return made.salt;
    const salt = randomBytes(SALT_BYTES);
    const own = await tx('view_salts').insert({ day, salt }).onConflict('day').ignore().returning('day');
    if (own.length > 0) return salt;
  }
}
