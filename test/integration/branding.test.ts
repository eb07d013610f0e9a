import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decodePng } from '../../src/lib/png.ts';
import type { BrandRole } from '../../src/modules/branding/index.ts';
import { namesAmong } from '../../src/modules/storage/named.ts';
import { ffmpegRaw } from '../helpers/media-samples.ts';
import { type Client, clientOf, createPeople, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

let server: TestServer;
let client: Client;
let boss: Person;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vireo-brand-'));
  server = await startTestServer({ variables: { INSTANCE_NAME: 'Bird Films' } });
  client = clientOf(server.origin);
  boss = await createPeople(server).signedIn('boss', 'owner');
});
afterAll(async () => {
  await server?.close();
  await rm(folder, { recursive: true });
});

/** A picture of one colour. */
async function picture(name: string, colour: string, size: string): Promise<string> {
  const path = join(folder, name);
  const source = [
    '-f',
    'lavfi',
    '-i',
    `color=${colour}:s=${size},format=${name.endsWith('png') ? 'rgba' : 'yuvj420p'}`,
  ];
  await ffmpegRaw(...source, '-frames:v', '1', '-update', '1', path);
  return path;
}

async function choose(role: BrandRole, path: string, description = '') {
  const form = new FormData();
  form.append('description', description);
  form.append('picture', new Blob([await readFile(path)], { type: 'image/png' }), 'picture.png');
  const headers = { authorization: `Bearer ${boss.token}` };
  const answer = await fetch(`${server.origin}/api/v1/admin/branding/${role}`, {
    method: 'PUT',
    headers,
    body: form,
  });
  return { status: answer.status, body: await answer.json() };
}
const remove = (role: BrandRole) => client.delete(`/api/v1/admin/branding/${role}`, { as: boss });
const undo = (id: string) =>
  client.post('/api/v1/admin/audit_log/undo', { as: boss, body: { audit_ids: [id] } });
const body = async (path: string) => (await client.get(path)).body;
const text = async (path: string) => (await client.get(path)).text;
const svg = async (path: string) => (await bytes(`${server.origin}${path}`)).toString();
const bytes = async (url: string) => Buffer.from(await (await fetch(url)).arrayBuffer());
const iconAt = async (kind: string, side: number) => {
  const { rgba, width } = decodePng(await bytes(`${server.origin}/app/icons/${kind}-${side}.png`));
  const at = (share: number) => (Math.floor(share * side) * side + Math.floor(share * side)) * 4;
  expect(width).toBe(side);
  return { middle: [...rgba.subarray(at(0.5), at(0.5) + 4)], corner: [...rgba.subarray(0, 4)] };
};

test('a server has the pictures of Vireo until it has its own', async () => {
  expect(await body('/api/v2/instance')).toMatchObject({
    ...{ thumbnail: { url: `${server.context.config.origin}/favicon.svg`, blurhash: null }, icon: [] },
  });
  expect(await text('/app/theme.css')).toBe('');
  expect(await text('/about')).not.toMatch(/og:image|theme\.css/);
  const { status, body: said } = await client.get('/api/v1/admin/branding', { as: boss });
  expect([status, said]).toEqual([200, { logo: null, icon: null, banner: null }]);
});

test('a banner stands where links and apps show the server, as nothing but its pixels', async () => {
  const source = await picture('banner.jpg', 'red', '1200x630');
  // A comment (COM) behind the first marker: what cameras and programs say of whoever took it.
  const plain = await readFile(source);
  const said = Buffer.from('\u00ff\u00fe\u0000\u0010Filmed-at-home', 'latin1');
  await writeFile(source, Buffer.concat([plain.subarray(0, 2), said, plain.subarray(2)]));
  const { status, body: changed } = await choose('banner', source, 'A heron <in> the reeds.');
  expect(status, JSON.stringify(changed)).toBe(200);
  const { url, width, height, description } = changed.brand.banner;
  expect([width, height, description]).toEqual([1200, 630, 'A heron <in> the reeds.']);
  const stored = await bytes(url);
  expect(stored.subarray(0, 2).toString('hex')).toBe('ffd8');
  expect(stored.includes('Filmed-at-home')).toBe(false);
  expect((await body('/api/v2/instance')).thumbnail).toMatchObject({
    url,
    blurhash: expect.stringMatching(/^.{20,}$/),
  });
  expect((await body('/api/v1/instance')).thumbnail).toBe(url);
  const head = await text('/about');
  expect(head).toContain(`<meta property="og:image" content="${url}">`);
  expect(head).toContain('<meta property="og:image:width" content="1200">');
  expect(head).toContain('<meta property="og:image:alt" content="A heron &lt;in&gt; the reeds.">');
  expect(head).toContain('summary_large_image');
  expect(await text('/@nobody')).not.toContain('og:image');
});

test('an icon is that of the app, of browsers and of the server for other servers', async () => {
  const before = await body('/manifest.webmanifest');
  const clear = await choose('icon', await picture('clear.png', '0x0000ff', '64x32'));
  expect(clear.status, JSON.stringify(clear.body)).toBe(200);
  // Twice as wide as high: in the middle of its square, with nothing above it.
  expect(await iconAt('tile', 192)).toEqual({ middle: [0, 0, 255, 255], corner: [0, 0, 0, 0] });
  expect((await iconAt('maskable', 512)).corner).toEqual([0x0c, 0x0d, 0x0f, 255]);
  expect((await iconAt('silhouette', 96)).middle).toEqual([255, 255, 255, 255]);
  await choose('icon', await picture('full.png', 'green', '600x600'));
  expect(await iconAt('tile', 512)).toEqual({ middle: [0, 128, 0, 255], corner: [0, 128, 0, 255] });
  expect((await iconAt('maskable', 192)).corner).toEqual([0, 128, 0, 255]);
  const after = await body('/manifest.webmanifest');
  expect(after.icons[0].src).not.toBe(before.icons[0].src);
  expect(await svg('/favicon.svg')).toContain('<image width="512" height="512" href="data:image/png;base64,');
  const { icon } = await body('/api/v2/instance');
  expect(icon).toContainEqual({
    src: `${server.context.config.origin}/app/icons/tile-192.png`,
    size: '192x192',
  });
  const actor = await client.get('/actor', { headers: { accept: 'application/activity+json' } });
  const { brand } = clear.body;
  expect(JSON.parse(actor.text)).toMatchObject({
    icon: { type: 'Image', mediaType: 'image/png', width: 512, height: 512 },
    image: { type: 'Image', mediaType: 'image/jpeg', url: brand.banner.url, name: 'A heron <in> the reeds.' },
  });
});

test('a logo stands in the place of the sign, also where people sign in to apps', async () => {
  const { body: changed } = await choose('logo', await picture('logo.png', 'white', '1280x160'));
  const { url, width, height } = changed.brand.logo;
  expect([width, height]).toEqual([640, 80]);
  const css = await text('/app/theme.css');
  expect(css).toContain(`width:256px;max-width:100%;background:url("${url}")`);
  // Its address changes with it, since browsers keep it for a day.
  const link = /theme\.css\?v=([\w-]{8})/.exec(await text('/about'))?.[1];
  expect(link).toBeDefined();
  expect(await svg('/oauth/logo.svg')).toContain('viewBox="0 0 640 80"><image');
  await remove('logo');
  expect(await text('/app/theme.css')).toBe('');
  expect(await svg('/oauth/logo.svg')).not.toContain('<image');
});

test('what is chosen and removed is on record and can be taken back, for as long as its file is kept', async () => {
  const first = await choose('banner', await picture('first.jpg', 'red', '300x200'), 'The first.');
  const second = await choose('banner', await picture('second.jpg', 'blue', '300x200'), 'The second.');
  const { audit_id: removedAs } = (await remove('banner')).body;
  expect((await body('/api/v1/instance')).thumbnail).toContain('/favicon.svg');
  expect((await remove('banner')).status).toBe(404);

  const { db, storage } = server.context;
  const keys: string[] = [];
  for await (const { key } of storage.list('media/')) if (key.endsWith('-banner.jpg')) keys.push(key);
  const keysOf = (answer: typeof first) => keys.filter((key) => answer.body.brand.banner.url.endsWith(key));
  // Nobody takes the files for left over as long as the log can bring them back.
  expect([...(await namesAmong(db, keys))].toSorted()).toEqual(keys.toSorted());

  expect((await undo(removedAs)).status).toBe(200);
  expect((await body('/api/v1/instance')).thumbnail).toBe(second.body.brand.banner.url);
  expect((await undo(second.body.audit_id)).status).toBe(200);
  expect((await client.get('/api/v1/admin/branding', { as: boss })).body.banner).toMatchObject({
    ...{ url: first.body.brand.banner.url, description: 'The first.' },
  });
  await db('audit_changes').where({ row_table: 'instance_pictures' }).delete();
  expect([...(await namesAmong(db, keys))]).toEqual(keysOf(first));
});

test('the words about a banner change without a new picture', async () => {
  const headers = { authorization: `Bearer ${boss.token}` };
  const say = async (role: BrandRole, description: string) => {
    const form = new FormData();
    form.append('description', description);
    const address = `${server.origin}/api/v1/admin/branding/${role}`;
    const answer = await fetch(address, { method: 'PUT', headers, body: form });
    return { status: answer.status, body: await answer.json() };
  };
  const { body: changed } = await say('banner', 'Birds.');
  expect(changed.brand.banner).toMatchObject({ description: 'Birds.', width: 300 });
  expect(changed.audit_id).toMatch(/^\d+$/);
  expect((await say('banner', 'Birds.')).body.audit_id).toBeNull();
  expect((await say('logo', 'A sign.')).status).toBe(404);
});

test('what is no picture, or too large, is refused and nothing changes', async () => {
  const before = (await client.get('/api/v1/admin/branding', { as: boss })).body;
  const drawing = join(folder, 'sign.svg');
  await writeFile(drawing, '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>');
  expect(await choose('logo', drawing)).toMatchObject({ status: 422, body: { code: 'not-a-picture' } });
  const large = join(folder, 'large.png');
  await writeFile(large, Buffer.alloc(6 * 1024 * 1024));
  expect((await choose('logo', large)).status).toBe(413);
  expect((await client.get('/api/v1/admin/branding', { as: boss })).body).toEqual(before);
});
