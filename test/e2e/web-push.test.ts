import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { JobPayload } from '../../src/jobs/registry.ts';
import { axeViolations, hasBrowser } from '../helpers/browser.ts';
import { bringWorker, type DeviceRig, startDeviceRig, workerSession } from '../helpers/device-rig.ts';
import { jobRun } from '../helpers/job-run.ts';
import { createDeeds, settle } from '../helpers/news.ts';
import { createPushApp, startPushService } from '../helpers/push-service.ts';
import { HONEST } from '../helpers/remote-http.ts';
import { eventually } from '../helpers/web-site.ts';

const SETUP_MS = 120_000;

/**
 * Being told while the page is closed. A browser without a window has no push service: its subscription is that of ours, with keys of ours; what the
 * server sends there is opened with them, and handed to the worker as the browser would.
 */
describe.skipIf(!hasBrowser)('notifications on this device', { timeout: 90_000 }, () => {
  const app = createPushApp();
  let rig: DeviceRig;
  let service: Awaited<ReturnType<typeof startPushService>>;
  let device: BrowserContext | undefined;

  beforeAll(async () => {
    rig = await startDeviceRig();
    service = await startPushService(HONEST);
    await settle(rig.server.context);
  }, SETUP_MS);
  afterEach(async () => {
    await device?.close();
    device = undefined;
    await rig.server.context.db('push_subscriptions').delete();
    service.remote.seen.length = 0;
  });
  afterAll(async () => {
    await service?.remote.close();
    await rig?.close();
  });

  async function open(): Promise<Page> {
    device = await rig.device(rig.alice);
    await device.addInitScript(subscribeAt, { endpoint: service.remote.url('/push/1'), keys: app.keys });
    const page = await device.newPage();
    await page.goto('/settings/notifications');
    await bringWorker(page);
    return page;
  }
  const turnOn = async (page: Page) => {
    await device?.grantPermissions(['notifications']);
    await page.getByRole('switch', { name: 'Notifications on this device' }).click();
    await page.getByRole('group', { name: 'What you are told of there' }).waitFor();
  };
  const subscriptions = () => rig.server.context.db('push_subscriptions').select('alerts');

  /** Runs what waits to be pushed, as a worker of the server does, and hands on what it sent. */
  async function push(page: Page): Promise<void> {
    const { db, handlers } = rig.server.context;
    const jobs: { id: string; payload: JobPayload<'push.send'> }[] = await db('jobs').where({
      name: 'push.send',
    });
    for (const { id, payload } of jobs) {
      await handlers['push.send'](payload, jobRun());
      await db('jobs').where({ id }).delete();
    }
    const { session, registrationId } = await workerSession(page);
    for (const seen of service.remote.seen.splice(0)) {
      const data = JSON.stringify(app.read(seen));
      await session.send('ServiceWorker.deliverPushMessage', { origin: rig.origin, registrationId, data });
    }
  }
  const shown = (page: Page) =>
    page.evaluate(async () => {
      const all = await (await navigator.serviceWorker.getRegistration())?.getNotifications();
      return (all ?? []).map(({ title, body, data, icon, lang }) => ({ title, body, data, icon, lang }));
    });
  /** As a press on the notification does. */
  const press = async () =>
    device?.serviceWorkers()[0]?.evaluate(`(async () => {
      const [notification] = await self.registration.getNotifications();
      if (!notification) throw new Error('Nothing is shown.');
      self.dispatchEvent(new NotificationEvent('notificationclick', { notification }));
    })()`);

  test('are asked for by a press alone, chosen by kind, and ended', async () => {
    const page = await open();
    const onOff = page.getByRole('switch', { name: 'Notifications on this device' });
    await onOff.waitFor();
    expect(await page.evaluate(() => Notification.permission)).not.toBe('granted');
    expect(await subscriptions()).toEqual([]);
    await turnOn(page);
    expect(await axeViolations(page)).toEqual([]);
    const [{ alerts }] = await subscriptions();
    expect(alerts).toContain('favourite');
    await page
      .getByRole('group', { name: 'What you are told of there' })
      .getByRole('switch', { name: 'Likes' })
      .click();
    await eventually(async () => (await subscriptions())[0].alerts).not.toContain('favourite');
    await page.reload();
    await page.getByRole('switch', { name: 'Notifications on this device', checked: true }).waitFor();
    await onOff.click();
    await eventually(subscriptions).toEqual([]);
    await page.getByRole('switch', { name: 'Notifications on this device', checked: false }).waitFor();
  });

  test('say so where the browser does not allow them', async () => {
    const page = await open();
    await page.evaluate(() => {
      Notification.requestPermission = async () => 'denied';
    });
    await page.getByRole('switch', { name: 'Notifications on this device' }).click();
    await page.getByText('Your browser does not let this page notify you.').waitFor();
    expect(await subscriptions()).toEqual([]);
  });

  test('are told as the inbox tells them, and lead there in the page that is open', async () => {
    const page = await open();
    await turnOn(page);
    const [id = ''] = rig.videos;
    await createDeeds(rig.server.context).like(rig.bob.account, id);
    await push(page);
    await eventually(() => shown(page)).toEqual([
      {
        ...{ title: 'bob liked your clip', body: 'Waves at night', data: `/@alice/${id}`, lang: 'en' },
        icon: expect.stringContaining(rig.origin),
      },
    ]);
    await page.evaluate(() => {
      Reflect.set(window, 'wasNotLoadedAnew', true);
    });
    await press();
    await page.waitForURL(`**/@alice/${id}`);
    expect(await page.evaluate(() => Reflect.get(window, 'wasNotLoadedAnew'))).toBe(true);
    expect(await shown(page)).toEqual([]);
  });

  test('lead to a comment, and are told as they came where the inbox cannot be asked', async () => {
    const page = await open();
    await turnOn(page);
    const [, id = ''] = rig.videos;
    const comment = await createDeeds(rig.server.context).comment(rig.bob.account, id, 'What a sound');
    await push(page);
    await eventually(() => shown(page)).toMatchObject([
      { title: 'bob commented on your clip', body: 'What a sound', data: `/@alice/${id}?comment=${comment}` },
    ]);
    const { session, registrationId } = await workerSession(page);
    const tell = (data: string) =>
      session.send('ServiceWorker.deliverPushMessage', { origin: rig.origin, registrationId, data });
    await tell(JSON.stringify({ notification_id: 4_000_000, title: 'bob followed you', body: 'Hello' }));
    await eventually(async () => (await shown(page)).map(({ title, data }) => [title, data])).toContainEqual([
      'bob followed you',
      '/inbox',
    ]);
    await tell('nothing of ours');
    await eventually(async () => (await shown(page)).map(({ title }) => title)).toContain('Small Films');
  });

  test('end with the session', async () => {
    const page = await open();
    await turnOn(page);
    await page.evaluate(() => fetch('/api/v1/sessions/current', { method: 'DELETE' }));
    expect(await subscriptions()).toEqual([]);
    await page.goto('/settings');
    await bringWorker(page);
    await eventually(() => page.evaluate(() => localStorage.getItem('test.push'))).toBe(null);
  });
});

/** Puts a push service into a page: that of the test. */
function subscribeAt(subscription: { endpoint: string; keys: object }): void {
  const fake = {
    ...subscription,
    toJSON: () => subscription,
    unsubscribe: async () => {
      localStorage.removeItem('test.push');
      return true;
    },
  };
  Object.assign(PushManager.prototype, {
    async subscribe(options: { userVisibleOnly: boolean; applicationServerKey: string }) {
      // 65 bytes.
      if (!options.userVisibleOnly || options.applicationServerKey.length !== 87)
        throw new TypeError('This is no key.');
      localStorage.setItem('test.push', 'on');
      return fake;
    },
    getSubscription: async () => (localStorage.getItem('test.push') === null ? null : fake),
  });
}
