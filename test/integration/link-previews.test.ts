import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { replaceTags, tagsOfText } from '../../src/db/tags.ts';
import type { VideoId } from '../../src/lib/ids.ts';
import type { Account } from '../../src/modules/accounts/index.ts';
import { createVideoFactory, type VideoFactory } from '../helpers/factories.ts';
import { BEGIN, type PageServer, startPageServer, WORD_FILES } from '../helpers/page-server.ts';
import { createPeople, type People, type Person } from '../helpers/people.ts';
import { heardIn } from '../helpers/sounds.ts';

let page: PageServer;
let people: People;
let videos: VideoFactory;
let alice: Person;

beforeAll(async () => {
  page = await startPageServer({
    INSTANCE_NAME: 'Small Films',
    INSTANCE_DESCRIPTION: 'Short films by people of the coast.',
  });
  people = createPeople(page.server);
  videos = createVideoFactory(page.server.context);
  alice = await people.signedIn('alice');
  await change(alice.account, {
    display_name: 'Alice of the Sea',
    bio_html: '<p>I film waves.<br>And &amp; gulls.</p>',
    indexable: true,
  });
});
afterAll(() => page?.close());

const db = () => page.server.context.db;
const change = (account: Account, columns: object) =>
  db()('accounts').where({ id: account.id }).update(columns);
const changeVideo = (id: string, columns: object) => db()('videos').where({ id }).update(columns);

/** A clip as the pipeline leaves it: with the sizes of its file and of its cover. */
async function clip(
  caption: string,
  facts: { id?: string; visibility?: 'public' | 'unlisted' | 'followers' } = {},
  by = alice.account,
) {
  const id = await videos.video(by, { caption, ...facts });
  const size = { width: 720, height: 1280 };
  await db()('video_assets').where({ video_id: id }).update(size);
  await changeVideo(id, { alt_text: 'Waves on a beach', published_at: new Date('2026-11-01T10:00:00Z') });
  return id;
}

const open = (path: string, more: { cookie?: string; headers?: Record<string, string> } = {}) =>
  page.client.get(path, { ...more, headers: { accept: 'text/html', ...more.headers } });

/** The head as it stands, one thing a line; ids that differ from run to run by their names. */
function headOf(text: string): string {
  const head = text.slice(text.indexOf('<title>'), text.indexOf('<script type="module"'));
  return `${head
    .replaceAll(alice.id, 'ALICE')
    .replace(/[0-9a-f]{64}/g, 'HASH')
    .trim()}\n`;
}

const golden = (name: string) => `../fixtures/link-previews/${name}.html`;

describe('the head of', () => {
  test('a clip', async () => {
    const id = await clip('Waves at night, seen from the pier', { id: '101' });
    const answer = await open(`/@alice/${id}`);
    expect(answer.status).toBe(200);
    await expect(headOf(answer.text)).toMatchFileSnapshot(golden('clip'));
  });

  test('an unlisted clip: it may be spread, and is not listed', async () => {
    const id = await clip('For friends of friends', { id: '102', visibility: 'unlisted' });
    const { text } = await open(`/@alice/${id}`);
    expect(text).toContain('<meta name="robots" content="noindex">');
    expect(text).toContain('<meta property="og:title" content="For friends of friends">');
    expect(text).toContain('og:video');
  });

  test('a clip with a warning: nothing of it', async () => {
    const id = await clip('Blood on the pier', { id: '103' });
    await changeVideo(id, { sensitive: true });
    const answer = await open(`/@alice/${id}`);
    expect(answer.status).toBe(200);
    expect(answer.text).not.toMatch(/Blood|og:image|og:video|oembed|poster/);
    await expect(headOf(answer.text)).toMatchFileSnapshot(golden('covered'));
    const warned = await clip('Spiders', { id: '104' });
    await changeVideo(warned, { content_warning: 'Many legs' });
    expect((await open(`/@alice/${warned}`)).text).not.toMatch(/Spiders|legs|og:image|og:video|oembed/);
  });

  test('a profile', async () => {
    const { text, status } = await open('/@alice');
    expect(status).toBe(200);
    await expect(headOf(text)).toMatchFileSnapshot(golden('profile'));
    for (const list of ['followers', 'following']) {
      expect(headOf((await open(`/@alice/${list}`)).text)).toBe(headOf(text));
    }
  });

  test('a hashtag', async () => {
    const tagged = await clip('In #Waves');
    await page.server.context.inTx((tx) =>
      replaceTags(tx, [{ videoId: tagged, tags: tagsOfText('#Waves') }]),
    );
    await expect(headOf((await open('/tags/Waves')).text)).toMatchFileSnapshot(golden('tag'));
    expect(headOf((await open('/tag/Waves')).text)).toBe(headOf((await open('/tags/Waves')).text));
  });

  test('a sound', async () => {
    const id = await clip('With a song', { id: '105' });
    await changeVideo(id, { sound_title: 'Song of the gulls' });
    const { db } = page.server.context;
    await db('sounds').insert({
      id: '205',
      title: 'Song of the gulls',
      author_id: alice.id,
      original_id: id,
    });
    await db('videos').where({ id }).update({ sound_id: '205' });
    await expect(headOf((await open('/sounds/205')).text)).toMatchFileSnapshot(golden('sound'));
  });

  test('the first page', async () => {
    const { text } = await open('/');
    const without = text.replace(/<script type="application\/json".*\n<script>.*\n/, '');
    await expect(headOf(without)).toMatchFileSnapshot(golden('home'));
  });

  test('a page of somebody’s own', async () => {
    const { text, status } = await open('/settings/profile');
    expect(status).toBe(200);
    await expect(headOf(text)).toMatchFileSnapshot(golden('personal'));
  });

  test('a clip and a profile of another server: listed there, and played there', async () => {
    const mika = await people.remote('mika', 'film.example');
    await change(mika, { indexable: true });
    const id = await clip('From afar', { id: '106' }, mika);
    const answer = await open(`/@mika@film.example/${id}`);
    expect(answer.status).toBe(200);
    await expect(headOf(answer.text)).toMatchFileSnapshot(golden('remote-clip'));
    const profile = await open('/@mika@film.example');
    expect(profile.text).toContain('<meta name="robots" content="noindex">');
    expect(profile.text).toContain('<link rel="canonical" href="https://film.example/@mika">');
  });
});

describe('what is not for everybody', () => {
  const nothing = async () => (await open('/no/such/page')).text;

  test('looks as what never was', async () => {
    const hidden = await clip('For followers', { visibility: 'followers' });
    const bob = await people.signedIn('bob');
    const theirs = await clip('By somebody suspended', {}, bob.account);
    await people.suspend(bob.account);
    for (const path of [
      `/@alice/${hidden}`,
      `/@bob/${theirs}`,
      '/@bob',
      '/@nobody',
      '/@alice/99',
      '/@alice/x',
    ]) {
      const answer = await open(path);
      expect([path, answer.status], path).toEqual([path, 404]);
      expect(answer.text, path).toBe(await nothing());
    }
  });

  test('is there for whoever may see it, and its head says nothing of it to them, either', async () => {
    const hidden = await clip('For followers', { visibility: 'followers' });
    const friend = await people.signedIn('friend');
    const stranger = await people.signedIn('stranger');
    await people.follow(friend.account, alice.account);
    const as = async (person: Person) =>
      open(`/@alice/${hidden}`, { cookie: await people.tokenOf(person.account, 'cookie') });
    const [mine, seen, unseen] = [await as(alice), await as(friend), await as(stranger)];
    expect([mine.status, seen.status, unseen.status]).toEqual([200, 200, 404]);
    for (const { text } of [mine, seen, unseen]) expect(headOf(text)).toBe(headOf(await nothing()));
  });

  test('a clip that was deleted is gone', async () => {
    const id = await videos.deleted(alice.account);
    const answer = await open(`/@alice/${id}`);
    expect([answer.status, answer.text]).toEqual([410, await nothing()]);
    // To whoever looks closer, too.
    const cookie = await people.tokenOf(alice.account, 'cookie');
    expect((await open(`/@alice/${id}`, { cookie })).status).toBe(410);
  });

  test('an author who wants no search engine', async () => {
    const quiet = await people.signedIn('quiet');
    await change(quiet.account, { indexable: false });
    const id = await clip('Psst', {}, quiet.account);
    for (const path of ['/@quiet', `/@quiet/${id}`]) {
      expect((await open(path)).text).toContain('<meta name="robots" content="noindex">');
    }
  });
});

describe('W1 words of people are text, wherever they stand', () => {
  const evil = `"><script>alert(1)</script><img src=x onerror=alert(2)> </title></script> <!-- ' & \u2028 $& $1`;

  test('in a caption, a name, and what is said of pictures and sounds', async () => {
    const mallory = await people.signedIn('mallory');
    await change(mallory.account, { display_name: evil, bio_html: `<p>${evil.replaceAll('<', '&lt;')}</p>` });
    const escaped = evil.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
    const id = await clip(escaped, {}, mallory.account);
    await changeVideo(id, { alt_text: evil, sound_title: evil, caption: evil });
    const sound = await heardIn(page.server.context, id);
    for (const path of ['/@mallory', `/@mallory/${id}`, `/sounds/${sound}`, `/embed/${id}`]) {
      const { text, status } = await open(path);
      expect(status, path).toBe(200);
      expect(text, path).toContain('&lt;script&gt;alert(1)');
      expect(text.match(/<script(?![^>]*(type="application\/ld\+json"|src="\/))/g), path).toBeNull();
      expect(text, path).not.toMatch(/<img|<!--/);
      expect(text.match(/<\/title>/g), path).toHaveLength(1);
      for (const [, json = ''] of text.matchAll(/<script type="application\/ld\+json">([^<]*)<\/script>/g)) {
        expect(json, path).not.toMatch(/[>&\u2028]/);
        expect(JSON.stringify(JSON.parse(json)), path).toContain('alert(1)');
      }
    }
  });
});

describe('how it is sent', () => {
  test('once, and then only what changed', async () => {
    const id = await clip('First words');
    const first = await open(`/@alice/${id}`);
    const { etag = '' } = first.headers;
    const same = await open(`/@alice/${id}`, { headers: { 'if-none-match': etag } });
    expect([same.status, same.text]).toEqual([304, '']);
    await changeVideo(id, { caption_html: '<p>Other words</p>' });
    const other = await open(`/@alice/${id}`, { headers: { 'if-none-match': etag } });
    expect(other.status).toBe(200);
    expect(other.text).toContain('Other words');
  });

  test('the same to programs that unfold links and to people, and to HEAD without its body', async () => {
    const id = await clip('For everybody');
    const person = await open(`/@alice/${id}`, { headers: { 'user-agent': 'Mozilla/5.0' } });
    const bot = await open(`/@alice/${id}`, {
      headers: { 'user-agent': 'Mastodon/4.5 (Link preview)', accept: '*/*' },
    });
    expect(bot.text).toBe(person.text);
    // Browsers name the same encodings for both; this client does not.
    const head = await page.client.head(`/@alice/${id}`, { headers: { 'accept-encoding': 'gzip, deflate' } });
    expect([head.status, head.headers.etag, head.text]).toEqual([200, person.headers.etag, undefined]);
  });

  test('in a language of the page', async () => {
    const { text, headers } = await open('/', { headers: { 'accept-language': 'tlh, en;q=0.1' } });
    expect(text).toContain('<html lang="en" dir="ltr">');
    expect(headers['content-language']).toBe('en');
  });

  test.each([
    ['ar-EG, en;q=0.5', undefined, 'ar', 'rtl'],
    ['ar', 'vireo-language=de', 'de', 'ltr'],
    ['de-AT, en;q=0.5', 'vireo-language=en', 'en', 'ltr'],
    ['de', 'vireo-language=__proto__; a=b', 'de', 'ltr'],
    // This build of the page has no words of it.
    ['fr', undefined, 'en', 'ltr'],
  ])('to a browser that reads %j with the cookie %j it is in %s', async (reads, cookie, lang, dir) => {
    const chosen = cookie === undefined ? {} : { cookie };
    const { text, headers } = await open('/', { headers: { 'accept-language': reads, ...chosen } });
    expect(text).toContain(`<html lang="${lang}" dir="${dir}">`);
    expect(headers).toMatchObject({
      'content-language': lang,
      vary: 'Accept, Accept-Encoding, Accept-Language, Cookie',
    });
    const links = [...text.matchAll(/<link rel="modulepreload" id="words" href="([^"]+)">/g)];
    const file = new Map(Object.entries(WORD_FILES)).get(lang);
    expect(links.map(([, href]) => href)).toEqual(file === undefined ? [] : [file]);
  });

  test('what the server says itself is in it, too', async () => {
    const in_ = (lang: string) => open('/tags/cats', { headers: { 'accept-language': lang } });
    expect((await in_('de')).text).toContain('content="Clips mit #cats auf ');
    const arabic = await in_('ar');
    expect(arabic.text).toContain('مقاطع فيها \u2068#cats\u2069 على');
    expect(arabic.text).toContain('<noscript>تحتاج هذه الصفحة');
  });
});

test('files of the build are sent as it compressed them, to whoever reads that', async () => {
  const get = (encoding: string) =>
    fetch(`${page.address}/assets/app-1a2b.js`, { headers: { 'accept-encoding': encoding } });
  for (const [reads, sent] of [
    ['br, gzip', 'br'],
    ['gzip', null],
    ['identity', null],
  ] as const) {
    const answer = await get(reads);
    expect(await answer.text()).toBe('export const a = 1;');
    expect(answer.headers.get('content-encoding')).toBe(sent);
    expect(answer.headers.get('content-type')).toMatch(/^text\/javascript/);
    expect(answer.headers.get('cache-control')).toContain('immutable');
    expect(answer.headers.get('vary')).toContain('Accept-Encoding');
  }
});

describe('the first page of the feed', () => {
  const FEED = '/api/v1/feed_statuses?feed_type=for_you&limit=10';
  const writtenIn = (text: string) => {
    const [, json] = /<script type="application\/json" id="first-page">([^<]*)<\/script>/.exec(text) ?? [];
    return json === undefined ? null : JSON.parse(json);
  };

  test('is what the page would ask for, for visitors', async () => {
    await clip('Seen first');
    // Of a language that nobody else asks for: what is written is kept for a moment.
    const headers = { 'accept-language': 'is' };
    const { text } = await open('/', { headers });
    const written = writtenIn(text);
    const feed = await page.client.get(FEED, { headers });
    const instance = await page.client.get('/api/v2/instance');
    expect(written['/api/v2/instance']).toEqual(instance.body);
    expect(written[FEED].statuses.map(({ id }: { id: VideoId }) => id)).toEqual(
      feed.body.statuses.map(({ id }: { id: VideoId }) => id),
    );
    expect(written[FEED].statuses[0]).toEqual(feed.body.statuses[0]);
  });

  test('begins its first clip before its styles, by a script that the policy names, and has its own come behind', async () => {
    const { text, headers } = await open('/');
    const digest = createHash('sha256').update(BEGIN).digest('base64');
    expect(headers['content-security-policy']).toContain(`script-src 'self' 'sha256-${digest}';`);
    expect(text).toMatch(/"first-page">[^<]*<\/script>\n<script>document\.title;<\/script>\n/);
    expect(text).toContain('<script type="module" src="/assets/app-1a2b.behind.js">');
    const other = await open('/search');
    expect(other.text).toContain('<script type="module" src="/assets/app-1a2b.js">');
    expect(other.text).not.toContain(BEGIN);
  });

  test('is not for whoever is signed in, nor at other addresses', async () => {
    const cookie = await people.tokenOf(alice.account, 'cookie');
    expect(writtenIn((await open('/', { cookie })).text)).toBeNull();
    expect(writtenIn((await open('/?feed=local')).text)).toBeNull();
    expect(writtenIn((await open('/@alice')).text)).toBeNull();
    expect(writtenIn((await open('/', { cookie: 'x'.repeat(43) })).text)).not.toBeNull();
  });
});
