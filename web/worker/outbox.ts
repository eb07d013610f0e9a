import { box } from '../src/device/box.ts';
import type { Wish } from '../src/state/outbox.ts';
import { pathOfWish, waitsOn } from '../src/state/wish-calls.ts';

/**
 * Sends what the page could not send before it was closed, if whoever wished it is still signed in. Throws where it has to be tried again: the browser
 * does that by itself.
 */
export function sendOutbox(scope: Pick<ServiceWorkerGlobalScope, 'clients'>): Promise<void> {
  sending = sending.catch(() => undefined).then(() => send(scope));
  return sending;
}

/** One after the other: what was sent is not sent again. */
let sending: Promise<void> = Promise.resolve();

async function send({ clients }: Pick<ServiceWorkerGlobalScope, 'clients'>): Promise<void> {
  // A page that is open sends them itself.
  if ((await clients.matchAll({ type: 'window' })).length > 0) return;
  const wishes = (await box.get('wishes')) ?? [];
  const [first] = wishes;
  if (!first) return;
  const who = await fetch('/api/v1/accounts/verify_credentials');
  if (who.status >= 500) throw new Error('The server is away.');
  const account: unknown = who.ok ? await who.json() : null;
  const sent: Wish[] = [];
  for (const wish of wishes) {
    if (typeof account !== 'object' || account === null || Reflect.get(account, 'id') !== wish.account)
      continue;
    const { status } = await fetch(pathOfWish(wish), { method: 'POST' });
    if (waitsOn(status)) throw new Error('The server takes no more just now.');
    sent.push(wish);
    await box.set('sent', sent);
  }
  await box.remove('wishes');
}
