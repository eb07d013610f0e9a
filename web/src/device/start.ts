import { effect, signal } from '@preact/signals';
import { connection } from '../api/client.ts';
import { spoken } from '../i18n/say.ts';
import { unread } from '../state/inbox.ts';
import { installPrompt } from '../state/installing.ts';
import { waitingWishes, wishes } from '../state/reactions.ts';
import { instance, me, serverName } from '../state/session.ts';
import { store, stored } from '../state/stored.ts';
import { feedNames, feedTimeline } from '../state/timelines.ts';
import { toast } from '../state/toasts.ts';
import { box } from './box.ts';
import { install } from './install.ts';
import { keepFirstClips } from './keep-first-clips.ts';
import { keepLastKnown } from './last-known.ts';
import { copyOutbox } from './outbox-copy.ts';
import { forgetPictures, keepPictures } from './pictures.ts';
import { endPush, renewPush } from './push.ts';
import { say } from './say.ts';
import { bringWorker } from './updates.ts';

/** The next clips come first. */
const AFTER_MS = 2_000;
/** Clips that somebody looks at before they are asked whether they want more of it. */
const CLIPS_BEFORE_OFFER = 12;
/** Whoever shares a video and never comes to send it has it nowhere but where it was. */
const SHARED_KEPT_MS = 24 * 3_600_000;
const OFFERED = 'vireo.install-offered';

/** The page as an app on this device: begins what can wait until something plays. */
export function startOnDevice(): void {
  effect(() => {
    const server = serverName();
    const id = me.value === undefined ? undefined : (me.value?.id ?? '');
    if (id !== undefined) settling = settling.then(() => settle(id, server)).catch(() => undefined);
  });
  setTimeout(() => {
    bringWorker()
      .then(renewPush)
      .catch(() => undefined);
    effect(keepForLater);
    effect(showBadge);
    offerOnce();
  }, AFTER_MS);
  effect(tellOnline);
  effect(() => {
    // What waits changes with each of them.
    if (wishes.value.size >= 0 && connection.value) void copyOutbox(waitingWishes());
  });
}

/** Whose device it is by now: what was of others is gone. */
const owner = signal<string | null>(null);
let settling = Promise.resolve();

/** Whoever is here now finds nothing of who was signed in before. */
async function settle(id: string, server: string): Promise<void> {
  const before = await box.get('owner');
  if (before && before !== id) {
    keepFirstClips([], '');
    keepLastKnown(null);
    await box.remove('wishes', 'sent', 'shared');
    await forgetPictures();
    await endPush();
  }
  const shared = await box.get('shared');
  if (shared && shared.at < Date.now() - SHARED_KEPT_MS) await box.remove('shared');
  await box.set('owner', id);
  await box.set('server', server);
  const { language, translation } = spoken();
  await box.set('words', { language, translation: { inbox: translation.inbox ?? {} } });
  owner.value = id;
}

let wasOffline = false;

/** The banner that says otherwise goes by itself, which not everybody notices. */
function tellOnline(): void {
  if (wasOffline && connection.value === 'ok') toast(say('online'));
  wasOffline = connection.value === 'offline' || (wasOffline && connection.value !== 'ok');
}

let kept = '';

/** What the next visit shows if it has no connection. */
function keepForLater(): void {
  const server = instance.value;
  const account = me.value;
  if (connection.value !== 'ok' || !server || account === undefined) return;
  if (owner.value !== (account?.id ?? '')) return;
  keepLastKnown({ me: account, instance: server });
  const statuses = feedTimeline('for-you').items.value;
  const ids = `${account?.id} ${statuses.slice(0, 10).map(({ id }) => id)}`;
  if (statuses.length === 0 || ids === kept) return;
  kept = ids;
  const { clips } = keepFirstClips(statuses, new Date().toISOString());
  // Without them there are words and colours.
  keepPictures(clips.flatMap(({ cover }) => cover ?? [])).catch(() => undefined);
}

function showBadge(): void {
  const count = unread.value;
  if (!('setAppBadge' in navigator)) return;
  (count > 0 ? navigator.setAppBadge(count) : navigator.clearAppBadge()).catch(() => undefined);
}

/** Once on each device, and only where the browser can do it and somebody likes it here. */
function offerOnce(): void {
  if (stored(OFFERED) !== null) return;
  const seen = new Set<string>();
  const stop = effect(() => {
    // Whoever signs in has other feeds.
    const current = me.value !== undefined && feedNames.map((name) => feedTimeline(name).currentId.value);
    for (const id of current || []) if (id !== null) seen.add(id);
    if (seen.size < CLIPS_BEFORE_OFFER || !installPrompt.value || stored(OFFERED) !== null) return;
    store(OFFERED, 'yes');
    queueMicrotask(() => stop());
    toast(say('installOffer', { server: serverName() }), 'info', { label: say('install'), run: install });
  });
}
