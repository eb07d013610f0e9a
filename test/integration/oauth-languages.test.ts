import { afterAll, beforeAll, expect, test } from 'vitest';
import { createOAuthClient, type RegisteredApp } from '../helpers/oauth.ts';
import { clientOf, createPeople } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

let server: TestServer;
let oauth: ReturnType<typeof createOAuthClient>;
let app: RegisteredApp;
let cookie: string;

beforeAll(async () => {
  server = await startTestServer();
  oauth = createOAuthClient(server, clientOf(server.origin));
  const people = createPeople(server);
  cookie = await people.tokenOf(await people.local('alice'), 'cookie');
  app = await oauth.register();
});

afterAll(() => server?.close());

async function page(more: Record<string, string>, reads: string, as?: string) {
  const headers: Record<string, string> = { 'accept-language': reads };
  if (as !== undefined) headers.cookie = `vireo-session=${as}`;
  const query = new URLSearchParams(oauth.asked(app, more));
  const answer = await fetch(`${server.origin}/oauth/authorize?${query}`, { headers });
  return { text: await answer.text(), headers: answer.headers };
}

const langOf = ({ text }: { text: string }) => /<html lang="(\w+)" dir="(\w+)">/.exec(text)?.slice(1);

test.each([
  ['', 'de', ['de', 'ltr']],
  ['', 'de-AT,de;q=0.9,en;q=0.8', ['de', 'ltr']],
  ['', 'sv,fr;q=0.7,en;q=0.9', ['en', 'ltr']],
  ['', 'sv,fr;q=0.7', ['fr', 'ltr']],
  ['', 'sv', ['en', 'ltr']],
  ['', '*', ['en', 'ltr']],
  ['', ';;;q=x', ['en', 'ltr']],
  ['ja', 'de', ['ja', 'ltr']],
  ['ar-EG', 'de', ['ar', 'rtl']],
  ['pt_BR', 'es', ['es', 'ltr']],
  ['__proto__', 'sv', ['en', 'ltr']],
  ['constructor', 'es', ['es', 'ltr']],
])('an app that says %j to a browser that reads %j is answered in %j', async (lang, reads, expected) => {
  expect(langOf(await page(lang === '' ? {} : { lang }, reads))).toEqual(expected);
});

test('the language stays from step to step, also for what went wrong', async () => {
  const first = await page({ lang: 'de' }, 'en');
  expect(first.text).toContain('<button class="main">Anmelden</button>');
  expect([first.headers.get('content-language'), first.headers.get('vary')]).toEqual([
    'de',
    expect.stringContaining('Accept-Language'),
  ]);
  const action = /action="([^"]+)"/.exec(first.text)?.[1] ?? '';
  const body = new URLSearchParams({
    ...oauth.asked(app, { lang: 'de' }),
    ...{ step: 'password', login: 'alice', password: 'wrong password' },
  });
  const init = { method: 'POST', body, headers: { origin: server.origin } };
  const second = await (await fetch(server.origin + action, init)).text();
  expect(second).toContain('Dieser Name und dieses Passwort passen nicht zusammen.');
  expect(second).toContain('<title>Fehler: Anmelden');
  const consent = await page({ lang: 'de' }, 'en', cookie);
  expect(consent.text).toContain('möchte dein Konto <strong><bdi>@alice@');
  expect(consent.text).toContain('<li>Alles sehen, was du siehst, auch Privates</li>');
  const refused = await page({ lang: 'de', scope: 'admin:read' }, 'en', cookie);
  expect(refused.text).toContain('Die App will mehr, als sie angemeldet hat.');
});

test('names stay together where all else goes from right to left', async () => {
  const { text } = await page({ lang: 'ar' }, 'en', cookie);
  expect(text).toContain('<bdi>Test app</bdi>');
  expect(text).toContain('\u2068Test app\u2069');
  expect(text).toContain('\u2068app.test\u2069');
});
