import { computed, effect, signal } from '@preact/signals';
import { type ApiOutcome, connection, request } from '../api/client.ts';
import type { Relationship, Status } from '../api/types.ts';
import { createOutbox, type Fate, type Wish } from './outbox.ts';
import { keepRelationship } from './relationships.ts';
import { me } from './session.ts';
import { store, stored } from './stored.ts';
import { toast } from './toasts.ts';
import { pathOfWish, waitsOn } from './wish-calls.ts';

/** How a clip stands with whoever is signed in, as they wish it to be, which the server may not know yet. */
export interface Reaction {
  readonly liked: boolean;
  readonly likes: number;
  readonly saved: boolean;
  readonly saves: number;
}

const KEPT = 'vireo.outbox';
const RETRY_MS = 30_000;

/** Wishes of this visit, and of earlier ones that wait. They hold over whatever a clip says that was read before. */
export const wishes = signal<ReadonlyMap<string, boolean>>(new Map());
const account = computed(() => (me.value?.email_confirmed ? me.value.id : null));

const keyOf = ({ deed, id }: Pick<Wish, 'deed' | 'id'>) => `${deed} ${id}`;

const outbox = createOutbox({
  read: () => stored(KEPT),
  write: (text) => store(KEPT, text),
  async send(wish) {
    const outcome = await request<Relationship>('POST', pathOfWish(wish));
    if (wish.deed === 'follow') keepRelationship(outcome);
    return fateOf(outcome);
  },
  onRefused(wish, sentence) {
    wishes.value = new Map([...wishes.value].filter(([key]) => key !== keyOf(wish)));
    toast(sentence, 'error');
  },
});

function fateOf(outcome: ApiOutcome<unknown>): Fate {
  if (outcome.ok) return 'done';
  return waitsOn(outcome.status) ? 'later' : { refused: outcome.sentence };
}

/** How a clip stands now. */
export function reactionOf(status: Status): Reaction {
  const liked = wishes.value.get(`like ${status.id}`) ?? status.favourited;
  const saved = wishes.value.get(`save ${status.id}`) ?? status.bookmarked;
  return {
    ...{ liked, likes: countWith(status.favourites_count, status.favourited, liked) },
    ...{ saved, saves: countWith(status.video?.saves ?? 0, status.bookmarked, saved) },
  };
}

const countWith = (counted: number, was: boolean, is: boolean) =>
  Math.max(0, counted + Number(is) - Number(was));

/**
 * Likes or saves a clip, follows an account, or takes that back: shown at once, sent as soon as it can be, also after a reload. What the server refuses
 * is taken back with its sentence. Says nothing to who is not signed in: false.
 */
export function wish(deed: Wish['deed'], { id: about }: { readonly id: string }, on: boolean): boolean {
  const id = account.peek();
  if (id === null) return false;
  const wished = { account: id, deed, id: about, on };
  outbox.put(wished);
  wishes.value = new Map([...wishes.value, [keyOf(wished), on]]);
  void flush(id);
  return true;
}

/** A clip was saved, or is no more, by another call than a wish: what stands on the page follows. */
export function noteSaved(id: string, on: boolean): void {
  wishes.value = new Map([...wishes.value, [`save ${id}`, on]]);
}

/** What waits for whoever is signed in. */
export const waitingWishes = (): readonly Wish[] => outbox.waiting(account.peek() ?? '');

/** What was left may have been sent by the worker of the page, while that was closed. */
const reconciled =
  stored(KEPT) === null
    ? undefined
    : import('../device/outbox-copy.ts')
        .then(({ takeSent }) => takeSent())
        .then(outbox.drop, () => undefined);

let retry: ReturnType<typeof setTimeout> | undefined;

async function flush(id: string): Promise<void> {
  clearTimeout(retry);
  await reconciled;
  if (await outbox.flush(id)) return;
  // Where the connection is gone, its return is the moment.
  if (connection.peek() === 'ok') retry = setTimeout(() => flush(id), RETRY_MS);
}

// Somebody signed in: what they wished on an earlier visit holds, and nothing of who was here before.
effect(() => {
  const id = account.value;
  const waiting = id === null ? [] : outbox.waiting(id);
  wishes.value = new Map(waiting.map((one) => [keyOf(one), one.on]));
});
effect(() => {
  const id = account.value;
  if (id !== null && connection.value === 'ok') void flush(id);
});
