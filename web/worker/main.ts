/// <reference lib="webworker" />
import { answererOf } from '../src/device/addresses.ts';
import { OUTBOX_SYNC, PICTURES, type ToWorker } from '../src/device/names.ts';
import { open, tell } from './notifications.ts';
import { sendOutbox } from './outbox.ts';
import { takeShared } from './sharing.ts';
import { type BuiltShell, createShell } from './shell.ts';

/**
 * The worker of the page (docs/adr/0040-the-page-as-an-app.md): the page opens without a connection, and people are told of what is new while it is
 * closed. It holds no API answers and no videos, and changes nothing that comes from the network.
 */
declare const self: ServiceWorkerGlobalScope;
declare const BUILT_SHELL: BuiltShell;

/** After so long without an answer the kept page is better than none. */
const PATIENCE_MS = 8_000;
/** What a proxy answers while its server is away. */
const AWAY: readonly number[] = [502, 503, 504];

const shell = createShell(BUILT_SHELL);

self.addEventListener('install', (event) => {
  event.waitUntil(Promise.all([shell.keep(savesData()), passBy(event)]));
});

self.addEventListener('activate', (event) => {
  event.waitUntil(begin());
});

async function begin(): Promise<void> {
  await shell.takeOver();
  // So that the page is asked for while the worker still wakes up.
  await self.registration.navigationPreload?.enable();
  // The page that brought the very first worker is its page, too.
  await self.clients.claim();
}

self.addEventListener('message', (event) => {
  const message: ToWorker = event.data;
  // Only by choice: a page that is open goes on with the build that it is made of.
  if (message.type === 'take-over') event.waitUntil(self.skipWaiting());
  if (message.type === 'hello')
    event.waitUntil(shell.greet(message.words, message.lang).catch(() => undefined));
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { method, mode, destination, url } = request;
  const asked = { method, mode, destination, url, hasRange: request.headers.has('range') };
  switch (answererOf(asked, self.location.origin)) {
    case 'page':
      return event.respondWith(pageFor(event));
    case 'asset':
      return event.respondWith(shell.asset(request));
    case 'picture':
      return event.respondWith(picture(request));
    case 'share':
      return event.respondWith(takeShared(request));
  }
});

self.addEventListener('push', (event) => event.waitUntil(tell(self, event.data?.text() ?? '')));
self.addEventListener('notificationclick', (event) => event.waitUntil(open(self, event.notification)));
// Of background sync (WICG), which only some browsers have.
self.addEventListener('sync' as 'message', (event) => {
  if (Reflect.get(event, 'tag') === OUTBOX_SYNC) event.waitUntil(sendOutbox(self));
});

/** The network first. The kept page stands in where there is none, where it takes too long, and while the server is away. */
async function pageFor(event: FetchEvent): Promise<Response> {
  const asked = answer(event);
  // It may fail after the kept page has gone out.
  asked.catch(() => undefined);
  try {
    const response = await Promise.race([asked, later(PATIENCE_MS)]);
    if (response && !AWAY.includes(response.status)) return response;
    return (await shell.page()) ?? (await asked);
  } catch (error) {
    const kept = await shell.page();
    if (kept) return kept;
    throw error;
  }
}

async function answer(event: FetchEvent): Promise<Response> {
  const preloaded: Response | undefined = await event.preloadResponse;
  return preloaded ?? fetch(event.request);
}

const later = (ms: number) => new Promise<undefined>((resolve) => setTimeout(resolve, ms, undefined));

/** As it is now, or as the page kept it. */
async function picture(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await caches.match(request, { cacheName: PICTURES, ignoreVary: true });
    if (kept) return kept;
    throw error;
  }
}

function savesData(): boolean {
  const connection: unknown = Reflect.get(self.navigator, 'connection');
  return (
    typeof connection === 'object' && connection !== null && Reflect.get(connection, 'saveData') === true
  );
}

/** What scripts fetch and what plays does not even wake the worker, where the browser can be told so (Static Routing API). */
async function passBy(event: ExtendableEvent): Promise<void> {
  const addRoutes: unknown = Reflect.get(event, 'addRoutes');
  if (typeof addRoutes !== 'function') return;
  const rules = ['', 'video', 'audio', 'track'].map((requestDestination) => ({
    condition: { requestDestination },
    source: 'network',
  }));
  await Promise.resolve(addRoutes.call(event, rules)).catch(() => undefined);
}
