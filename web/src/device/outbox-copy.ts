import type { Wish } from '../state/outbox.ts';
import { box } from './box.ts';
import { OUTBOX_SYNC } from './names.ts';

/** Wishes that the worker of the page sent while the page was closed, each told once. */
export async function takeSent(): Promise<readonly Wish[]> {
  const sent = (await box.get('sent')) ?? [];
  await box.remove('sent', 'wishes');
  return sent;
}

/** Gives the worker what waits, to be sent by it once there is a connection, where the browser does that (Background Sync, WICG). */
export async function copyOutbox(wishes: readonly Wish[]): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration();
  const sync: unknown = registration && Reflect.get(registration, 'sync');
  if (typeof sync !== 'object' || sync === null || !('register' in sync)) return;
  if (wishes.length === 0) return box.remove('wishes');
  await box.set('wishes', wishes);
  const { register } = sync as { register(tag: string): Promise<void> };
  await register.call(sync, OUTBOX_SYNC).catch(() => undefined);
}
