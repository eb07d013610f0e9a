import { z } from 'zod';
import type { Noted } from '../../db/committed.ts';
import type { AccountId } from '../../lib/ids.ts';
import { type Signal, signalSchema } from '../signals/index.ts';

/** What a committed event means for feeds. */
export interface Meaning {
  readonly signals: readonly Signal[];
  /** Whose feeds are to be chosen anew. */
  readonly busts: readonly AccountId[];
  /** Who is gone for good. */
  readonly gone: readonly AccountId[];
}

const NONE: Meaning = { signals: [], busts: [], gone: [] };

const account = z.string() as unknown as z.ZodType<AccountId>;
const reaction = z.object({ accountId: account, videoId: z.string().nullable(), uri: z.string().optional() });
const relation = z.object({
  accountId: account.optional(),
  followerId: account.optional(),
  targetId: account,
  uri: z.string().optional(),
});
const ended = z.object({ accountId: account });

type Reaction = 'like' | 'share';
const REACTIONS: Readonly<Record<string, readonly [kind: Reaction, on: boolean]>> = {
  'like.added': ['like', true],
  'like.removed': ['like', false],
  'share.added': ['share', true],
  'share.removed': ['share', false],
};
type Relation = 'follow' | 'block';
const RELATIONS: Readonly<Record<string, readonly [kind: Relation, on: boolean]>> = {
  'follow.accepted': ['follow', true],
  'follow.undone': ['follow', false],
  'block.added': ['block', true],
  'block.removed': ['block', false],
};

/**
 * What an event that was committed in this process says to the engine, without a look at the database. Everything comes again by the log
 * of signals, which all processes follow; this is only for speed, and so only for people of this server: whoever did something sees
 * the next page of the feed change. `origin`: what ids of this server's own activities begin with.
 */
export function meaningOf({ name, payload }: Noted, origin: string, at: number): Meaning {
  const isOwn = (uri: string | undefined) => uri === undefined || uri.startsWith(`${origin}/`);
  const reacted = REACTIONS[name];
  if (reacted) {
    const read = reaction.safeParse(payload);
    if (!read.success || read.data.videoId === null || !isOwn(read.data.uri)) return NONE;
    const { accountId: actorId, videoId } = read.data;
    const [kind, on] = reacted;
    return { ...NONE, signals: [{ kind, at, actorId, videoId, on }], busts: [actorId] };
  }
  const related = RELATIONS[name];
  if (related) {
    const read = relation.safeParse(payload);
    const actorId = read.data?.followerId ?? read.data?.accountId;
    if (!read.success || actorId === undefined || !isOwn(read.data.uri)) return NONE;
    const [kind, on] = related;
    const { targetId } = read.data;
    return { ...NONE, signals: [{ kind, at, actorId, targetId, on }], busts: [actorId] };
  }
  if (name === 'signals') return ofSignals(payload, at);
  if (name !== 'account.deleted') return NONE;
  const read = ended.safeParse(payload);
  if (!read.success) return NONE;
  const { accountId } = read.data;
  return { signals: [{ kind: 'account-removed', at, id: accountId }], busts: [], gone: [accountId] };
}

/** What only people of this server do, and has no other event. */
const OWN: ReadonlySet<string> = new Set(['save', 'mute', 'not-interested', 'report']);

function ofSignals(payload: unknown, at: number): Meaning {
  // Whoever did it must not hear of what cannot be read: it is done.
  const list = z.array(z.looseObject({ kind: z.string() })).safeParse(payload);
  const signals = (list.data ?? []).flatMap((told) => {
    const read = signalSchema.safeParse({ ...told, at });
    return OWN.has(told.kind) && read.success ? [read.data] : [];
  });
  const busts = signals.flatMap((one) =>
    'actorId' in one && one.actorId !== null ? [one.actorId as AccountId] : [],
  );
  return { ...NONE, signals, busts };
}
