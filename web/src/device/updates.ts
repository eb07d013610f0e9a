import { signal } from '@preact/signals';
import { toast } from '../state/toasts.ts';
import type { ToPage, ToWorker } from './names.ts';
import { say } from './say.ts';

const WORKER = '/sw.js';
/** How often a page that stays open looks for a new version. */
const LOOK_MS = 60 * 60_000;

/** A new version that waits until somebody chooses it, or until no page of the old one is open. */
export const waiting = signal<ServiceWorker | null>(null);

/** Null: this browser has none, or it was not allowed. */
export const registration = signal<ServiceWorkerRegistration | null>(null);

/** Brings the worker of the page, and tells of new ones. */
export async function bringWorker(): Promise<void> {
  const container: ServiceWorkerContainer | undefined = navigator.serviceWorker;
  if (!container) return;
  await container.register(WORKER, { updateViaCache: 'none' });
  const found = await container.getRegistration();
  if (!found) return;
  registration.value = found;
  watch(found, container);
  const { active } = await container.ready;
  const link = document.getElementById('words');
  const words = link instanceof HTMLLinkElement ? new URL(link.href).pathname : null;
  const hello: ToWorker = { type: 'hello', words, lang: document.documentElement.lang };
  active?.postMessage(hello);
}

function watch(found: ServiceWorkerRegistration, container: ServiceWorkerContainer): void {
  const look = () => {
    // The very first one waits for nobody.
    if (found.waiting && container.controller && found.waiting !== waiting.peek()) tell(found.waiting);
  };
  found.addEventListener('updatefound', () => found.installing?.addEventListener('statechange', look));
  look();
  setInterval(() => {
    if (document.visibilityState === 'visible') found.update().catch(() => undefined);
  }, LOOK_MS);
  container.addEventListener('message', ({ data }: MessageEvent<ToPage>) => go(data.path));
}

function tell(worker: ServiceWorker): void {
  waiting.value = worker;
  toast(say('updateReady'), 'info', { label: say('reload'), run: takeNewVersion });
}

/** Goes on with the new version. Other pages that are open go on with theirs until they are loaded again. */
export function takeNewVersion(): void {
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
  const takeOver: ToWorker = { type: 'take-over' };
  waiting.peek()?.postMessage(takeOver);
}

/** Goes to a path without loading the page anew: what is under way goes on. The router hears of presses on links. */
function go(path: string): void {
  const link = document.createElement('a');
  link.href = path;
  document.body.append(link);
  link.click();
  link.remove();
}
