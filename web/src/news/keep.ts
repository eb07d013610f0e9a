import type { Announcement } from '../api/schema.gen.ts';
import { announcements, toldOfAnnouncements } from '../state/announcements.ts';
import { me } from '../state/session.ts';
import { store, stored } from '../state/stored.ts';
import { toast } from '../state/toasts.ts';
import { askForAnnouncements, tellDismissed, tellReaction } from './calls.ts';

/** Ids of what a visitor dismissed on this device. */
const DISMISSED = 'vireo.dismissed';
/** How often visitors ask, to whom nothing is told. */
const POLL_MS = 5 * 60_000;
/** Where a clip is shown, its first frame comes first. */
const AFTER_CLIP_MS = 3_000;

const dismissedHere = (): readonly string[] => (stored(DISMISSED) ?? '').split(' ').filter((id) => id !== '');

/** What nobody in particular is told has been read where it was dismissed on this device. */
const asRead = (one: Announcement): Announcement => ({
  ...one,
  read: one.read ?? dismissedHere().includes(one.id),
});

/** How often the stream told of a change. */
let changes = 0;

/** Asks what there is. Where that fails, what is known stays. */
async function load(): Promise<void> {
  const asked = changes;
  const outcome = await askForAnnouncements();
  if (!outcome.ok) return;
  // What was told meanwhile may be missing in this answer.
  if (changes !== asked) return load();
  const ids = outcome.value.map(({ id }) => id);
  // What is over need not be remembered.
  store(
    DISMISSED,
    dismissedHere()
      .filter((id) => ids.includes(id))
      .join(' ') || null,
  );
  announcements.value = outcome.value.map(asRead);
}

/** Keeps `announcements` true until the returned function is called: by the stream of whoever is signed in, by asking for visitors. */
export function keepAnnouncements(): () => void {
  const look = () => {
    if (document.visibilityState === 'visible') load();
  };
  const timer = me.peek() ? undefined : setInterval(look, POLL_MS);
  const stop = toldOfAnnouncements.subscribe((told) => {
    if (told) hear(told);
  });
  const first = setTimeout(load, document.documentElement.dataset.room ? AFTER_CLIP_MS : 0);
  return () => {
    clearTimeout(first);
    clearInterval(timer);
    stop();
    announcements.value = [];
    toldOfAnnouncements.value = null;
  };
}

/** What the stream tells. */
function hear({ name, data }: { readonly name: string; readonly data: string }): void {
  if (name === 'opened') return void load();
  changes += 1;
  const known = announcements.peek();
  if (name === 'announcement') put(JSON.parse(data));
  else if (name === 'announcement.delete') announcements.value = known.filter(({ id }) => id !== data);
  else count(JSON.parse(data));
}

/** It is told without what this reader did with it. */
function put(told: Announcement): void {
  const known = announcements.peek();
  const before = known.find(({ id }) => id === told.id);
  const mine = (name: string) => before?.reactions.find((one) => one.name === name)?.me ?? false;
  const now = {
    ...asRead(told),
    ...(before?.read !== undefined && { read: before.read }),
    reactions: told.reactions.map((one) => ({ ...one, me: mine(one.name) })),
  };
  announcements.value = before ? known.map((one) => (one === before ? now : one)) : [now, ...known];
}

function count(told: {
  readonly announcement_id: string;
  readonly name: string;
  readonly count: number;
}): void {
  change(told.announcement_id, (one) => withCount(one, told.name, told.count));
}

function change(id: string, how: (one: Announcement) => Announcement): void {
  announcements.value = announcements.peek().map((one) => (one.id === id ? how(one) : one));
}

function withCount(one: Announcement, name: string, n: number, me?: boolean): Announcement {
  const before = one.reactions.find((reaction) => reaction.name === name);
  const now = { name, count: n, me: me ?? before?.me ?? false };
  const others = one.reactions.filter((reaction) => reaction !== before);
  if (n <= 0) return { ...one, reactions: others };
  return {
    ...one,
    reactions: before ? one.reactions.map((r) => (r === before ? now : r)) : [...others, now],
  };
}

/** It is not shown again: to the account where somebody is signed in, else on this device. */
export async function dismiss(id: string): Promise<void> {
  change(id, (one) => ({ ...one, read: true }));
  if (!me.peek()) return store(DISMISSED, [...dismissedHere(), id].join(' '));
  const outcome = await tellDismissed(id);
  if (outcome.ok || outcome.status === 404) return;
  change(id, (one) => ({ ...one, read: false }));
  toast(outcome.sentence, 'error');
}

/** Gives a sign below one, or takes it back; the count changes at once. */
export async function react(one: Announcement, name: string): Promise<void> {
  const before = one.reactions.find((reaction) => reaction.name === name);
  const isGiven = !before?.me;
  const n = before?.count ?? 0;
  change(one.id, (now) => withCount(now, name, isGiven ? n + 1 : n - 1, isGiven));
  const outcome = await tellReaction(one.id, name, isGiven);
  if (outcome.ok) return;
  change(one.id, (now) => withCount(now, name, n, before?.me ?? false));
  toast(outcome.sentence, 'error');
}
