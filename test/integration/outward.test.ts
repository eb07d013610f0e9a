import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { outwardLimits } from '../../config/page-limits.ts';
import { replaceTags, tagsOfText } from '../../src/db/tags.ts';
import { createVideoFactory, type VideoFactory } from '../helpers/factories.ts';
import { type PageServer, startPageServer } from '../helpers/page-server.ts';
import type { Client } from '../helpers/people.ts';
import { createPeople, type People, type Person } from '../helpers/people.ts';

let site: PageServer;
let client: Client;
let people: People;
let videos: VideoFactory;
let made = 0;

beforeAll(async () => {
  site = await startPageServer();
  ({ client } = site);
  people = createPeople(site.server);
  videos = createVideoFactory(site.server.context);
});
afterAll(() => site?.close());

const db = () => site.server.context.db;
const set = (who: Person, change: object) => db()('accounts').where({ id: who.id }).update(change);
/** Somebody who lets search engines list them. */
async function someone(): Promise<Person> {
  const one = await people.signedIn(`writer_${++made}`);
  await set(one, { indexable: true });
  return one;
}
async function post(by: Person, caption: string, more: { visibility?: 'unlisted' | 'followers' } = {}) {
  const id = await videos.video(by.account, { caption, ...more });
  await site.server.context.inTx((tx) => replaceTags(tx, [{ videoId: id, tags: tagsOfText(caption) }]));
  return id;
}
/** A playlist, by its address. */
async function putTogether(by: Person, visibility: string): Promise<string> {
  const list = await client.post('/api/v1/playlists', { as: by, body: { title: 'x', visibility } });
  return `https://video.test/playlists/${list.body.id}`;
}
const packOf = async (by: Person): Promise<{ id: string; url: string }> =>
  (await client.post('/api/v1/packs', { as: by, body: { title: 'x' } })).body;
const all = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, found]) => found);

describe('feeds', () => {
  let writer: Person;
  beforeEach(async () => {
    writer = await someone();
  });

  test('of an account have its public clips, the newest first, with the file to play', async () => {
    const first = await post(writer, 'Birds & <bees> \u0007');
    const second = await post(writer, 'Sea');
    await post(writer, 'quiet', { visibility: 'unlisted' });
    await post(writer, 'mine', { visibility: 'followers' });
    await db()('videos').where({ id: second }).update({ sensitive: true });
    const path = `/feeds/@${writer.account.username}`;
    const atom = await client.get(`${path}.atom`);
    expect(atom.status, atom.text).toBe(200);
    expect(atom.headers['content-type']).toBe('application/atom+xml; charset=utf-8');
    expect(all(atom.text, /<link rel="alternate" type="text\/html" href="([^"]*\/\d+)"/g)).toEqual(
      [second, first].map((id) => expect.stringContaining(id)),
    );
    expect(atom.text).toContain('<title>Birds &amp; ');
    expect(atom.text).not.toContain('\u0007');
    expect(atom.text).not.toMatch(/<bees>|quiet|mine|Sea/);
    expect(all(atom.text, /rel="enclosure" type="video\/mp4" href="([^"]+)" length="10"/g)).toHaveLength(1);
    expect(atom.text).toContain('<media:thumbnail');
    const rss = await client.get(`${path}.rss`);
    expect(rss.headers['content-type']).toBe('application/rss+xml; charset=utf-8');
    expect(all(rss.text, /<guid isPermaLink="false">([^<]+)<\/guid>/g)).toHaveLength(2);
    expect(all(rss.text, /<enclosure type="video\/mp4" url="([^"]+)"/g)).toHaveLength(1);
    const page = await client.get(`/@${writer.account.username}`);
    expect(page.text).toContain(`type="application/atom+xml" href="https://video.test${path}.atom"`);
  });

  test('of an account reach back behind many clips that may not be told', async () => {
    const told = await post(writer, 'Told');
    for (let more = 0; more <= outwardLimits.maxEntries; more += 1) {
      await post(writer, `quiet ${more}`, { visibility: 'unlisted' });
    }
    const { text } = await client.get(`/feeds/@${writer.account.username}.atom`);
    expect(all(text, /<link rel="alternate" type="text\/html" href="([^"]*\/\d+)"/g)).toEqual([
      expect.stringContaining(told),
    ]);
  });

  test('that did not change are not sent again', async () => {
    await post(writer, 'One');
    const path = `/feeds/@${writer.account.username}.atom`;
    const { headers } = await client.get(path);
    const same = await client.get(path, { headers: { 'if-none-match': headers.etag as string } });
    expect([same.status, same.text]).toEqual([304, '']);
    const since = { 'if-modified-since': headers['last-modified'] as string };
    expect((await client.get(path, { headers: since })).status).toBe(304);
    await post(writer, 'Two');
    const other = await client.get(path, { headers: { 'if-none-match': headers.etag as string } });
    expect(other.status).toBe(200);
  });

  test('are not there for who does not choose so, is elsewhere, or is gone', async () => {
    await post(writer, 'One #atomtag');
    const path = `/feeds/@${writer.account.username}.atom`;
    await set(writer, { indexable: false });
    expect((await client.get(path)).status).toBe(404);
    expect((await client.get('/feeds/tags/atomtag.atom')).text).not.toContain('<entry>');
    const page = await client.get(`/@${writer.account.username}`);
    expect(page.text).not.toContain('application/atom+xml');
    await set(writer, { indexable: true });
    expect((await client.get('/feeds/tags/ATOMTÄG.atom')).text).toContain('<entry>');
    await people.suspend(writer.account);
    expect((await client.get(path)).status).toBe(404);
    expect((await client.get('/feeds/tags/atomtag.atom')).text).not.toContain('<entry>');
    await people.remote('faraway');
    for (const name of ['nobody', 'faraway@remote.test']) {
      expect((await client.get(`/feeds/@${name}.atom`)).status).toBe(404);
    }
    expect((await client.get('/feeds/tags/!!.atom')).status).toBe(404);
  });

  test('of a sound have the clips with it of who chooses so', async () => {
    const shy = await someone();
    await set(shy, { indexable: false });
    const [heard, kept] = [await post(writer, 'Heard'), await post(shy, 'Kept')];
    const id = site.server.context.ids.next();
    await db()('sounds').insert({
      id,
      title: 'Rain',
      original_id: heard,
      author_id: writer.id,
      is_open: true,
    });
    await db()('videos').whereIn('id', [heard, kept]).update({ sound_id: id });
    const { status, text } = await client.get(`/feeds/sounds/${id}.atom`);
    expect(status, text).toBe(200);
    expect(text).toContain('<title>Heard</title>');
    expect(text).not.toContain('Kept');
    expect((await client.get('/feeds/sounds/1.atom')).status).toBe(404);
    const page = await client.get(`/sounds/${id}`);
    expect(page.text).toContain(`/feeds/sounds/${id}.rss`);
  });

  test('of a playlist have what was put in last, as far as each author lets it be told', async () => {
    const [shy, quiet, foe] = [await someone(), await someone(), await someone()];
    const ids = [
      await post(writer, 'first'),
      await post(shy, 'of a shy one'),
      await post(quiet, 'of a limited one'),
      await post(foe, 'of a foe'),
      await post(writer, 'not for all', { visibility: 'unlisted' }),
      await post(await someone(), 'last'),
    ];
    await set(shy, { indexable: false });
    await set(quiet, { silenced: true });
    const { body: list } = await client.post('/api/v1/playlists', {
      ...{ as: writer, body: { title: 'Mine & yours', description: 'All', visibility: 'public' } },
    });
    await client.post(`/api/v1/playlists/${list.id}/videos`, { as: writer, body: { video_ids: ids } });
    await client.post(`/api/v1/accounts/${writer.id}/block`, { as: foe });
    const path = `/feeds/playlists/${list.id}.atom`;
    const { status, text } = await client.get(path);
    expect(status, text).toBe(200);
    expect(all(text, /<title>([^<]+)<\/title>/g)).toEqual([
      `Mine &amp; yours · ${writer.account.username}`,
      ...['last', 'first'],
    ]);
    expect((await client.get(`/playlists/${list.id}`)).text).toContain(path);

    const change = (visibility: string) =>
      client.put(`/api/v1/playlists/${list.id}`, { as: writer, body: { visibility } });
    for (const visibility of ['unlisted', 'followers', 'private']) {
      expect((await change(visibility)).status).toBe(200);
      expect([visibility, (await client.get(path)).status]).toEqual([visibility, 404]);
      // Not for its owner either: others would keep what was asked for.
      expect((await client.get(path, { as: writer })).status).toBe(404);
      expect((await client.get(`/playlists/${list.id}`)).text).not.toContain(path);
    }
    await change('public');
    for (const kept of [{ indexable: false }, { silenced: true }, { undiscoverable: true }]) {
      await set(writer, { indexable: true, silenced: false, undiscoverable: false, ...kept });
      expect((await client.get(path)).status).toBe(404);
    }
    expect((await client.get('/feeds/playlists/1.atom')).status).toBe(404);
  });

  test('of accounts that the staff limits are not there', async () => {
    await post(writer, 'One #limitedtag');
    const path = `/feeds/@${writer.account.username}.atom`;
    for (const limit of [{ silenced: true }, { undiscoverable: true }]) {
      await set(writer, { silenced: false, undiscoverable: false, ...limit });
      expect((await client.get(path)).status).toBe(404);
      expect((await client.get('/feeds/tags/limitedtag.atom')).text).not.toContain('<entry>');
    }
    await set(writer, { silenced: false, undiscoverable: false });
    expect((await client.get(path)).status).toBe(200);
  });

  test('end somewhere', async () => {
    for (let n = 0; n <= outwardLimits.maxEntries; n += 1) await post(writer, `#many ${n}`);
    for (const path of [`@${writer.account.username}`, 'tags/many']) {
      const { text } = await client.get(`/feeds/${path}.atom`);
      expect(all(text, /(<entry>)/g)).toHaveLength(outwardLimits.maxEntries);
    }
  });
});

describe('search engines', () => {
  test('find in the sitemap what may be listed, and nothing else', async () => {
    const [open, shy, limited] = [await someone(), await someone(), await someone()];
    const listed = await post(open, 'Listed');
    const unlisted = [
      await post(open, 'no', { visibility: 'unlisted' }),
      await post(open, 'no', { visibility: 'followers' }),
      await post(shy, 'no'),
      await post(limited, 'no'),
    ];
    await set(shy, { indexable: false });
    await set(limited, { silenced: true });
    await people.remote('elsewhere');
    const gone = await packOf(open);
    await db()('packs').where({ id: gone.id }).update({ taken_down_at: new Date() });
    const [list, pack] = [await putTogether(open, 'public'), await packOf(open)];
    const kept = [
      ...[await putTogether(open, 'unlisted'), await putTogether(open, 'private'), gone.url],
      ...[await putTogether(shy, 'public'), await putTogether(limited, 'public')],
      ...[(await packOf(shy)).url, (await packOf(limited)).url],
    ];
    const index = await client.get('/sitemap.xml');
    expect(index.headers['content-type']).toBe('application/xml; charset=utf-8');
    const pages = all(index.text, /<loc>https:\/\/video\.test([^<]+)<\/loc>/g);
    expect(pages.some((page) => page?.startsWith('/sitemaps/videos/'))).toBe(true);
    const texts = await Promise.all(pages.map(async (page) => (await client.get(page ?? '')).text));
    const locs = texts.flatMap((text) => all(text, /<loc>([^<]+)<\/loc>/g));
    expect(locs).toEqual(expect.arrayContaining([open.account.url, expect.stringContaining(listed)]));
    for (const id of unlisted) expect(locs.join(' ')).not.toContain(id);
    expect(locs).toEqual(expect.arrayContaining([list, pack.url]));
    for (const url of kept) expect(locs).not.toContain(url);
    for (const one of [shy, limited]) expect(locs).not.toContain(one.account.url);
    expect(locs.join(' ')).not.toContain('elsewhere');
    for (const wrong of ['videos/2026-13-45', 'videos/x', 'others/2026-01-01', 'videos/1990-01-01']) {
      expect((await client.get(`/sitemaps/${wrong}.xml`)).status).toBe(404);
    }
  });

  test('are told by the page and by its head what not to list', async () => {
    const [open, shy] = [await someone(), await someone()];
    await set(shy, { indexable: false });
    const [listed, kept] = [await post(open, 'Yes'), await post(shy, 'No')];
    const robots = async (path: string) => (await client.get(path)).headers['x-robots-tag'];
    expect(await robots(`/@${open.account.username}`)).toBeUndefined();
    expect(await robots(`/@${open.account.username}/${listed}`)).toBeUndefined();
    expect(await robots(`/@${shy.account.username}`)).toBe('noindex');
    expect(await robots(`/@${shy.account.username}/${kept}`)).toBe('noindex');
    expect(await robots('/settings')).toBe('noindex');
    // What the staff keeps out of lists is left out here as it is in the sitemap.
    const [playlist = '', pack = ''] = [await putTogether(open, 'public'), (await packOf(open)).url].map(
      (url) => new URL(url).pathname,
    );
    const pages = [`/@${open.account.username}`, `/@${open.account.username}/${listed}`, playlist, pack];
    const all = async () => Promise.all(pages.map(robots));
    expect(await all()).toEqual(pages.map(() => undefined));
    for (const limit of [{ silenced: true }, { undiscoverable: true }]) {
      await set(open, { silenced: false, undiscoverable: false, ...limit });
      expect(await all()).toEqual(pages.map(() => 'noindex'));
      expect((await client.get(`/@${open.account.username}`)).text).not.toContain('application/atom+xml');
      expect((await client.get(playlist)).text).not.toContain('application/atom+xml');
    }
    await set(open, { silenced: false, undiscoverable: false });
    await db()('videos').where({ id: listed }).update({ undiscoverable: true });
    expect(await robots(`/@${open.account.username}/${listed}`)).toBe('noindex');
    const { text } = await client.get('/robots.txt');
    expect(text).toMatch(/^User-agent: \*\nDisallow: \/api\/\n/);
    expect(text).toContain('Sitemap: https://video.test/sitemap.xml');
    expect(text).not.toContain('Disallow: /@');
  });

  test('that ask for the sitemap at once have it looked for once, and again where that failed', async () => {
    const other = await startPageServer();
    try {
      const asked = vi.spyOn(other.server.context.listing, 'videoDays');
      asked.mockRejectedValueOnce(new Error('The database is away.'));
      expect((await other.client.get('/sitemap.xml')).status).toBe(500);
      asked.mockClear();
      const answers = await Promise.all([1, 2, 3].map(() => other.client.get('/sitemap.xml')));
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
      expect(asked).toHaveBeenCalledTimes(1);
    } finally {
      await other.close();
    }
  });

  test('find the page of a hashtag by the address that a profile names', async () => {
    const one = await someone();
    await post(one, '#Petrels');
    const { body } = await client.post('/api/v1/featured_tags', { as: one, body: { name: 'petrels' } });
    expect((await client.get(new URL(body.url).pathname)).text).toContain('content="#Petrels"');
  });

  test('find a page of a hashtag that says one address for all spellings, where there is something to find', async () => {
    const [open, shy] = [await someone(), await someone()];
    await set(shy, { indexable: false });
    await post(open, 'Told #Éclairs');
    await post(shy, 'Not told #shytag');
    const page = async (path: string) => {
      const { status, headers, text } = await client.get(path);
      return [status, headers['x-robots-tag'], /<link rel="canonical" href="([^"]+)"/.exec(text)?.[1]];
    };
    for (const path of ['/tags/%C3%89clairs', '/tag/eclairs', '/tags/ECLAIRS']) {
      expect(await page(path)).toEqual([200, undefined, 'https://video.test/tags/eclairs']);
    }
    expect((await client.get('/tags/eclairs')).text).toContain(
      '<meta property="og:title" content="#Éclairs">',
    );
    for (const tag of ['shytag', 'buy_cheap_things_here']) {
      expect(await page(`/tags/${tag}`)).toEqual([200, 'noindex', `https://video.test/tags/${tag}`]);
    }
  });
});
