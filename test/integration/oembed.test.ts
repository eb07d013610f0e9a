import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createVideoFactory, type VideoFactory } from '../helpers/factories.ts';
import { type PageServer, startPageServer } from '../helpers/page-server.ts';
import { createPeople, type People, type Person } from '../helpers/people.ts';

let page: PageServer;
let people: People;
let videos: VideoFactory;
let alice: Person;

beforeAll(async () => {
  page = await startPageServer({ INSTANCE_NAME: 'Small Films' });
  people = createPeople(page.server);
  videos = createVideoFactory(page.server.context);
  alice = await people.signedIn('alice');
});
afterAll(() => page?.close());

const db = () => page.server.context.db;
const changeVideo = (id: string, columns: object) => db()('videos').where({ id }).update(columns);

async function clip(facts: Parameters<VideoFactory['video']>[1] = {}, by = alice.account) {
  const id = await videos.video(by, { caption: 'Waves at night', ...facts });
  await db()('video_assets').where({ video_id: id }).update({ width: 720, height: 1280 });
  return id;
}

const pageOf = (id: string, name = 'alice') => `https://video.test/@${name}/${id}`;
const ask = (query: Record<string, string>) =>
  page.client.get(`/api/oembed?${new URLSearchParams(query)}`, {
    headers: { origin: 'https://blog.example' },
  });

describe('oEmbed', () => {
  test('a clip, by the address of its page and of its frame', async () => {
    const id = await clip();
    const answer = await ask({ url: pageOf(id) });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      ...{ type: 'video', version: '1.0', title: 'Waves at night' },
      ...{ author_name: 'alice', author_url: 'https://video.test/@alice' },
      ...{ provider_name: 'Small Films', provider_url: 'https://video.test/', cache_age: 3_600 },
      ...{ width: 405, height: 720 },
      html: `<iframe src="https://video.test/embed/${id}" title="Waves at night" width="405" height="720" style="border:0" loading="lazy" allow="autoplay; fullscreen; picture-in-picture" allowfullscreen sandbox="allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox"></iframe>`,
      thumbnail_url: expect.stringMatching(/^https:\/\/video\.test\/media\/.*poster\.jpg$/),
      ...{ thumbnail_width: 720, thumbnail_height: 1280 },
    });
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'cache-control': 'public, max-age=3600',
      'content-type': expect.stringMatching(/^application\/json/),
    });
    expect((await ask({ url: `https://video.test/embed/${id}`, format: 'json' })).body).toEqual(answer.body);
    expect((await ask({ url: `${pageOf(id)}?x=1#comments` })).body).toEqual(answer.body);
  });

  test('the page of a clip leads there', async () => {
    const id = await clip();
    const { text } = await page.client.get(`/@alice/${id}`);
    const [, href = ''] =
      /<link rel="alternate" type="application\/json\+oembed" href="([^"]+)"/.exec(text) ?? [];
    const { pathname, search } = new URL(href.replaceAll('&amp;', '&'));
    const found = await page.client.get(pathname + search);
    expect(found.body).toEqual((await ask({ url: pageOf(id) })).body);
  });

  test('no larger than was asked for, in its own shape', async () => {
    const id = await clip();
    const sizeOf = async (most: Record<string, string>) => {
      const { body } = await ask({ url: pageOf(id), ...most });
      expect(body.html).toContain(`width="${body.width}" height="${body.height}"`);
      return [body.width, body.height, body.thumbnail_width];
    };
    expect(await sizeOf({ maxwidth: '200' })).toEqual([200, 356, undefined]);
    expect(await sizeOf({ maxheight: '360' })).toEqual([203, 360, undefined]);
    expect(await sizeOf({ maxwidth: '2000', maxheight: '2000' })).toEqual([405, 720, 720]);
    expect(await sizeOf({ maxwidth: '1', maxheight: '1' })).toEqual([1, 1, undefined]);
  });

  test('the same as XML', async () => {
    const id = await clip({ caption: 'Salt &amp; &lt;sand&gt;' });
    const { text, headers, status } = await ask({ url: pageOf(id), format: 'xml' });
    expect(status).toBe(200);
    expect(headers['content-type']).toMatch(/^text\/xml/);
    expect(text).toContain(
      '<?xml version="1.0" encoding="utf-8" standalone="yes"?>\n<oembed>\n<type>video</type>',
    );
    expect(text).toContain('<title>Salt &amp; &lt;sand&gt;</title>');
    expect(text).toContain('<html>&lt;iframe src=');
  });

  test('a clip with a warning is led to, and not shown', async () => {
    const id = await clip();
    await changeVideo(id, { sensitive: true });
    const { body } = await ask({ url: pageOf(id) });
    expect(body).toMatchObject({ type: 'link', title: 'A clip by @alice@video.test' });
    expect(Object.keys(body)).not.toContain('html');
    expect(JSON.stringify(body)).not.toMatch(/Waves|thumbnail/);
  });

  test('pages that are no clip are led to by their name and their picture', async () => {
    const [shown, hidden] = [await clip(), await clip({ visibility: 'followers' })];
    const listOf = async (title: string, visibility: string, id: string) => {
      const made = await page.client.post('/api/v1/playlists', { as: alice, body: { title, visibility } });
      const { url } = made.body;
      const body = { video_ids: [id] };
      await page.client.post(`/api/v1/playlists/${made.body.id}/videos`, { as: alice, body });
      return url as string;
    };
    const open = await listOf('Waves', 'unlisted', shown);
    expect((await ask({ url: open })).body).toEqual({
      ...{ type: 'link', version: '1.0', title: 'Waves', author_name: '@alice@video.test' },
      ...{ provider_name: 'Small Films', provider_url: 'https://video.test/', cache_age: 3_600 },
      thumbnail_url: expect.stringMatching(/poster\.jpg$/),
      ...{ thumbnail_width: 720, thumbnail_height: 1280 },
    });
    expect((await ask({ url: open, maxwidth: '100' })).body).not.toHaveProperty('thumbnail_url');
    const unseen = await ask({ url: await listOf('For few', 'public', hidden) });
    expect(unseen.body).not.toHaveProperty('thumbnail_url');
    const { text } = await page.client.get(new URL(open).pathname);
    expect(text).toContain('application/json+oembed');
    const pack = await page.client.post('/api/v1/packs', { as: alice, body: { title: 'Birds' } });
    for (const [url, title] of [
      ['https://video.test/@alice', 'alice (@alice@video.test)'],
      ['https://video.test/tags/caf%C3%A9', '#café'],
      // As the API names it.
      ['https://video.test/tag/waves', '#waves'],
      [pack.body.url, 'Birds'],
    ]) {
      expect((await ask({ url })).body).toMatchObject({ type: 'link', title });
    }
    // Not for its owner either.
    const cookie = await people.tokenOf(alice.account, 'cookie');
    const url = await listOf('Secret', 'private', shown);
    const answer = await page.client.get(`/api/oembed?${new URLSearchParams({ url })}`, { cookie });
    expect(answer.status).toBe(404);
  });

  test('what is not for everybody is absent, whoever asks', async () => {
    const mika = await people.remote('mika', 'film.example');
    const bob = await people.signedIn('bob');
    const ofBob = await clip({}, bob.account);
    await people.suspend(bob.account);
    const refused = [
      pageOf(await clip({ visibility: 'followers' })),
      pageOf(await clip({ visibility: 'direct' })),
      pageOf(await clip({ state: 'received' })),
      pageOf(ofBob, 'bob'),
      pageOf(await clip({}, mika), 'mika@film.example'),
      `https://video.test/embed/${await clip({}, mika)}`,
      ...[pageOf('99'), 'https://video.test/@bob', 'https://video.test/', 'https://video.test/embed/x'],
      ...['https://video.test/settings', 'https://video.test/playlists/1', 'https://video.test/packs/1'],
      ...['https://video.test/@%zz', 'https://video.test/tags/%23', 'https://video.test/@mika@film.example'],
      ...[pageOf(await clip()).replace('video.test', 'evil.test'), 'nothing', 'javascript:alert(1)'],
      ...[
        `https://evil.test/embed/${await clip()}`,
        'https://evil.test/@alice',
        'https://evil.test/tags/cats',
      ],
    ];
    const cookie = await people.tokenOf(alice.account, 'cookie');
    for (const url of refused) {
      const answer = await page.client.get(`/api/oembed?${new URLSearchParams({ url })}`, { cookie });
      expect([url, answer.status, answer.body.code]).toEqual([url, 404, 'not-found']);
    }
  });

  test.each([
    [{}, 422, 'validation-failed'],
    [{ url: 'x'.repeat(3_000) }, 422, 'validation-failed'],
    [{ url: 'https://video.test/@alice/1', maxwidth: '-1' }, 422, 'validation-failed'],
    [{ url: 'https://video.test/@alice/1', maxheight: '1e9' }, 422, 'validation-failed'],
    [{ url: 'https://video.test/@alice/1', format: 'yaml' }, 501, 'format-unsupported'],
  ])('%o is refused', async (query, status, code) => {
    const answer = await ask(query as Record<string, string>);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });
});

describe('the page for frames', () => {
  test('has the clip with its captions, and words that lead back', async () => {
    const id = await clip();
    await changeVideo(id, { alt_text: 'A pier at night' });
    const key = `media/${id}/${'a'.repeat(64)}-captions.en.vtt`;
    await db()('video_assets').insert({
      ...{ key, video_id: id, role: 'captions', content_type: 'text/vtt', bytes: 9, sha256: 'a'.repeat(64) },
      ...{ language: 'en', label: 'English' },
    });
    const { text, status, headers } = await page.client.get(`/embed/${id}`);
    expect(status).toBe(200);
    expect(text).toMatch(
      /<video id="clip" src="https:\/\/video\.test\/media\/[^"]+720\.mp4" poster="[^"]+poster\.jpg"/,
    );
    expect(text).toContain('width="405" height="720"');
    expect(text).toMatch(/<track kind="captions" src="[^"]+" srclang="en" label="English">/);
    expect(text).toContain('aria-describedby="about"');
    expect(text).toContain(`<a href="https://video.test/@alice/${id}" target="_blank" rel="noopener">`);
    expect(text).toContain('<a href="https://video.test/@alice" target="_blank" rel="noopener">');
    expect(headers['set-cookie']).toBeUndefined();
    expect(text).not.toMatch(/autoplay|muted|loop/);
    const asked = (await page.client.get(`/embed/${id}?autoplay=1&loop=1`)).text;
    expect(asked).toMatch(/<video [^>]* autoplay muted loop>/);
  });

  test('has no clip that other pages may not show', async () => {
    const covered = await clip();
    await changeVideo(covered, { content_warning: 'Spiders' });
    const warned = await page.client.get(`/embed/${covered}`);
    expect([warned.status, /<video|Waves|Spiders/.test(warned.text)]).toEqual([200, false]);
    expect(warned.text).toContain(`href="https://video.test/@alice/${covered}"`);
    const mika = await people.remote('mika', 'other.example');
    for (const id of [await clip({ visibility: 'followers' }), await clip({}, mika), '99', 'x']) {
      const cookie = await people.tokenOf(alice.account, 'cookie');
      const answer = await page.client.get(`/embed/${id}`, { cookie });
      expect([answer.status, /<video|Waves/.test(answer.text)]).toEqual([404, false]);
    }
  });

  test('is not there where the server wants none', async () => {
    const off = await startPageServer({ EMBEDDING: 'off' });
    try {
      const { account } = await createPeople(off.server).signedIn('alice');
      const id = await createVideoFactory(off.server.context).video(account);
      expect((await off.client.get(`/embed/${id}`)).status).toBe(404);
      const url = `https://video.test/@alice/${id}`;
      const answer = await off.client.get(`/api/oembed?${new URLSearchParams({ url })}`);
      expect(answer.body.type).toBe('link');
      const { text } = await off.client.get(`/@alice/${id}`);
      expect(text).not.toMatch(/oembed|twitter:player/);
      expect(text).toContain('og:video');
      const instance = await off.client.get('/api/v2/instance');
      expect(instance.body.configuration.embeds).toEqual({ enabled: false });
    } finally {
      await off.close();
    }
  });
});
