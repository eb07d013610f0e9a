import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { axeViolations, hasBrowser, launchBrowser, openPage, type WatchedPage } from '../helpers/browser.ts';
import { createVideoFactory } from '../helpers/factories.ts';
import { createPeople } from '../helpers/people.ts';
import { refuseIn, storedFiles } from '../helpers/regional.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { heardIn, printOfSound } from '../helpers/sounds.ts';

const REASON = 'Its label has no rights there.';

let server: TestServer;
let browser: Browser;
let path: string;
let watched: WatchedPage | undefined;

describe.skipIf(!hasBrowser)('a frame of a clip that is not given there', { timeout: 120_000 }, () => {
  beforeAll(async () => {
    // Nobody says where the browser is.
    const variables = { COUNTRY_HEADER: 'X-Country-Code', COUNTRY_UNKNOWN: 'withheld' };
    server = await startTestServer({ host: '127.0.0.2', variables });
    const author = await createPeople(server).signedIn('author');
    const id = await createVideoFactory(server.context).video(author.account, { assets: [] });
    await storedFiles(server.context, id);
    const soundId = await heardIn(server.context, id, printOfSound(9_100));
    await refuseIn(server.context, soundId, { countries: ['DE'], except: false }, REASON);
    path = `/embed/${id}`;
    browser = await launchBrowser();
  }, 180_000);
  afterEach(async () => {
    const { problems = [] } = watched ?? {};
    await watched?.close();
    watched = undefined;
    expect(problems).toEqual([]);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  test.each([
    ['en', 'Because of its sound, this is not given in the country that you are in.'],
    ['de', 'Wegen des Sounds gibt es das in dem Land, in dem du bist, nicht.'],
    ['fr', 'En raison de sa bande sonore, ceci n’est pas proposé dans le pays où vous êtes.'],
    ['es', 'Por su sonido, esto no se ofrece en el país en el que estás.'],
    ['ja', '音源の都合により、現在の国ではご利用いただけません。'],
    ['ar', 'بسبب صوته، هذا غير متاح في البلد الذي تتواجد فيه.'],
  ])(
    'says why in %s, to screen readers as well, and has nothing to press that does nothing',
    async (locale, sentence) => {
      watched = await openPage(browser, server.origin, { locale, expected: [/451/] });
      const { page } = watched;
      await page.goto(path);
      const said = page.getByRole('alert').filter({ hasText: REASON });
      await said.waitFor();
      expect(await said.textContent()).toContain(sentence);
      expect(await page.locator('video').getAttribute('controls')).toBeNull();
      // With the keyboard one comes to the links, and to nothing before them.
      await page.keyboard.press('Tab');
      expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('A');
      expect(await axeViolations(page)).toEqual([]);
    },
  );

  test('tells the page around', async () => {
    watched = await openPage(browser, server.origin, { expected: [/451/] });
    const { page } = watched;
    const body = '<!doctype html><title>The page around</title>';
    await page.route('**/around', (route) => route.fulfill({ contentType: 'text/html', body }));
    await page.goto('/around');
    const types = page.evaluate(
      (src) =>
        new Promise((resolve) => {
          const heard: string[] = [];
          addEventListener('message', ({ data }) => {
            heard.push(data.type);
            if (data.type === 'withheld') resolve(heard);
          });
          const frame = document.createElement('iframe');
          frame.src = src;
          document.body.append(frame);
        }),
      path,
    );
    expect(await types).toContain('withheld');
  });
});
