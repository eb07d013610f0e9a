import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from './clock.ts';
import { type Failure, fail, type Ok, ok } from './result.ts';

const VERSION = 1;
const HEAD_BYTES = 7;
const MAC_BYTES = 16;

/** What a cursor counts for: a cursor of one list, or of one person, opens nothing else. */
export interface CursorPurpose {
  /** A fixed word of the calling code, such as `feed local`. */
  readonly list: string;
  /** Null: of somebody who is not signed in. */
  readonly viewerId: string | null;
}

export type Cursors = ReturnType<typeof createCursors>;

/**
 * Places in lists as text that clients hand back: version (1 byte), moment (6 bytes, milliseconds), body, and the first half of
 * an HMAC-SHA-256 (RFC 2104) over all of that and the purpose; in base64url. What is in it is no secret, but nobody else can make one.
 */
export function createCursors(deps: {
  readonly key: Uint8Array;
  readonly clock: Clock;
  /** A cursor that is older is refused. */
  readonly lifetimeMs: number;
}) {
  const macOf = ({ list, viewerId }: CursorPurpose, sealed: Uint8Array): Buffer =>
    createHmac('sha256', deps.key)
      .update(`${list}\u0000${viewerId ?? ''}\u0000`)
      .update(sealed)
      .digest()
      .subarray(0, MAC_BYTES);

  return {
    seal(purpose: CursorPurpose, body: Uint8Array): string {
      const head = Buffer.alloc(HEAD_BYTES);
      head.writeUInt8(VERSION);
      head.writeUIntBE(deps.clock.now(), 1, HEAD_BYTES - 1);
      const sealed = Buffer.concat([head, body]);
      return Buffer.concat([sealed, macOf(purpose, sealed)]).toString('base64url');
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
      if (!timingSafeEqual(bytes.subarray(-MAC_BYTES), macOf(purpose, sealed))) return invalid;
      if (sealed.readUInt8() !== VERSION) return invalid;
      const age = deps.clock.now() - sealed.readUIntBE(1, HEAD_BYTES - 1);
      if (age > deps.lifetimeMs)
        return fail('cursor-expired', 'This cursor is too old. Begin at the top again.');
      return ok({ body: sealed.subarray(HEAD_BYTES) });
    },
  };
}
