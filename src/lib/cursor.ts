import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from './clock.ts';
import { type Failure, fail, type Ok, ok } from './result.ts';

const VERSION = 1;
const HEAD_BYTES = 7;
const MAC_BYTES = 16;
const DAY_MS = 24 * 3_600_000;
const SKEW_MS = 60_000;

/** What a cursor counts for: a cursor of one list, or of one person, opens nothing else. */
export interface CursorPurpose {
  /** A fixed word of the calling code, such as `feed local`. */
  readonly list: string;
  /** Null: of somebody who is not signed in. */
  readonly viewerId: string | null;
}

export type Cursors = ReturnType<typeof createCursors>;

/**
 * Keys of cursors: each day (UTC) has another, made of the one key that it is given, so that none seals for longer than a day. Two of them
 * are live at once, since cursors count for a day at most, and about midnight a third: the clocks of processes differ a little. Every
 * process of a server has the same without a word.
 */
export function dailyKeys(key: Uint8Array): (moment: number) => readonly Uint8Array[] {
  const made = new Map<number, Uint8Array>();
  const keyOf = (day: number): Uint8Array => {
    const known = made.get(day) ?? createHmac('sha256', key).update(`day ${day}`).digest();
    made.set(day, known);
    // Three are live at once, and moments go on.
    for (const old of made.keys()) if (made.size > 3 && old !== day) made.delete(old);
    return known;
  };
  return (moment) => {
    const today = Math.floor(moment / DAY_MS);
    const soon = Math.floor((moment + SKEW_MS) / DAY_MS);
    return [today, today - 1, ...(soon > today ? [soon] : [])].map(keyOf);
  };
}

/**
 * Places in lists as text that clients hand back: version (1 byte), moment (6 bytes, milliseconds), body, and the first half of
 * an HMAC-SHA-256 (RFC 2104) over all of that and the purpose; in base64url. What is in it is no secret, but nobody else can make one.
 */
export function createCursors(deps: {
  /** Those that are live at a moment: the first seals, all of them open. */
  readonly keysAt: (moment: number) => readonly Uint8Array[];
  readonly clock: Clock;
  /** A cursor that is older is refused. */
  readonly lifetimeMs: number;
}) {
  const macsOf = ({ list, viewerId }: CursorPurpose, sealed: Uint8Array): Buffer[] =>
    deps.keysAt(deps.clock.now()).map((key) =>
      createHmac('sha256', key)
        .update(`${list}\u0000${viewerId ?? ''}\u0000`)
        .update(sealed)
        .digest()
        .subarray(0, MAC_BYTES),
    );

  return {
    seal(purpose: CursorPurpose, body: Uint8Array): string {
      const head = Buffer.alloc(HEAD_BYTES);
      head.writeUInt8(VERSION);
      head.writeUIntBE(deps.clock.now(), 1, HEAD_BYTES - 1);
      const sealed = Buffer.concat([head, body]);
      const [mac] = macsOf(purpose, sealed);
      if (!mac) throw new Error('No key is live.');
      return Buffer.concat([sealed, mac]).toString('base64url');
    },

    /** The body of a cursor of ours. Whatever the text is, this does not throw. */
    open(
      purpose: CursorPurpose,
      text: string,
    ): Ok<{ body: Buffer }> | Failure<'cursor-invalid' | 'cursor-expired'> {
      const invalid = fail('cursor-invalid', 'This cursor was not given for this list, or not to you.');
      const bytes = Buffer.from(text, 'base64url');
      // Node reads past whatever is no base64url; one place has one text.
      if (bytes.length < HEAD_BYTES + MAC_BYTES || bytes.toString('base64url') !== text) return invalid;
      const sealed = bytes.subarray(0, -MAC_BYTES);
      const given = bytes.subarray(-MAC_BYTES);
      if (!macsOf(purpose, sealed).some((mac) => timingSafeEqual(given, mac))) return invalid;
      if (sealed.readUInt8() !== VERSION) return invalid;
      const age = deps.clock.now() - sealed.readUIntBE(1, HEAD_BYTES - 1);
      if (age > deps.lifetimeMs)
        return fail('cursor-expired', 'This cursor is too old. Begin at the top again.');
      return ok({ body: sealed.subarray(HEAD_BYTES) });
    },
  };
}
