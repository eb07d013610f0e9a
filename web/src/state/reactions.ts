import { computed, effect, signal } from '@preact/signals';
import { type ApiOutcome, connection, request } from '../api/client.ts';
import type { Status } from '../api/types.ts';
import { createOutbox, type Fate, type Wish } from './outbox.ts';
import { me } from './session.ts';
import { store, stored } from './stored.ts';
import { toast } from './toasts.ts';

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
const wishes = signal<ReadonlyMap<string, boolean>>(new Map());
const account = computed(() => (me.value?.email_confirmed ? me.value.id : null));

const keyOf = ({ deed, clip }: Pick<Wish, 'deed' | 'clip'>) => `${deed} ${clip}`;

const outbox = createOutbox({
  read: () => stored(KEPT),
  write: (text) => store(KEPT, text),
  send: async ({ deed, clip, on }) => fateOf(await request('POST', pathOf(deed, clip, on))),
  onRefused(wish, sentence) {
    wishes.value = new Map([...wishes.value].filter(([key]) => key !== keyOf(wish)));
    toast(sentence, 'error');
  },
});

const NAMES = { like: 'favourite', save: 'bookmark' } as const;
const pathOf = (deed: Wish['deed'], clip: string, on: boolean) =>
  `/api/v1/statuses/${clip}/${on ? '' : 'un'}${NAMES[deed]}`;

/** Not reached, busy, too often: later. Everything else is an answer. */
function fateOf(outcome: ApiOutcome<unknown>): Fate {
  if (outcome.ok) return 'done';
  const { status, sentence } = outcome;
  return status === 0 || status === 401 || status === 429 || status >= 500 ? 'later' : { refused: sentence };
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
 * Likes or saves a clip, or takes that back: shown at once, sent as soon as it can be, also after a reload. What the server refuses
 * is taken back with its sentence. Says nothing to who is not signed in: false.
 */
export function wish(deed: Wish['deed'], status: Status, on: boolean): boolean {
  const id = account.peek();
  if (id === null) return false;
  const wished = { account: id, deed, clip: status.id, on };
  wishes.value = new Map([...wishes.value, [keyOf(wished), on]]);
  outbox.put(wished);
  void flush(id);
  return true;
}

let retry: ReturnType<typeof setTimeout> | undefined;

async function flush(id: string): Promise<void> {
  clearTimeout(retry);
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
