import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mediaKey } from '../../media/keys.ts';
import { jobRun } from '../helpers/job-run.ts';
import { appendTo, ffmpegRaw, ffprobeRaw } from '../helpers/media-samples.ts';
import { type Client, clientOf, createPeople, type People, type Person } from '../helpers/people.ts';
import { type RemoteFile, serveFiles } from '../helpers/remote-files.ts';
import { type Remote, startRemote } from '../helpers/remote-http.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { orphanKeys } from '../helpers/storage-rig.ts';

let server: TestServer;
let client: Client;
let people: People;
let remote: Remote;
let directory: string;
const files = new Map<string, RemoteFile>();

beforeAll(async () => {
  server = await startTestServer();
  client = clientOf(server.origin);
  people = createPeople(server);
  remote = await startRemote('127.0.0.2', serveFiles(files));
  directory = await mkdtemp(join(tmpdir(), 'vireo-profile-'));
});

afterAll(async () => {
  await server?.close();
  await remote?.close();
  await rm(directory, { recursive: true, force: true });
});

const PATH = '/api/v1/accounts/update_credentials';
const run = (lastAttempt = true) => jobRun({ lastAttempt });

async function picture(name: string, size: string, ...args: string[]): Promise<string> {
  const path = join(directory, name);
  await ffmpegRaw('-f', 'lavfi', '-i', `testsrc2=s=${size}`, '-frames:v', '1', ...args, `file:${path}`);
  return path;
}

/** The bytes at an address of this server, written where ffprobe can look at them. */
async function fetched(url: string): Promise<{ status: number; type: string | null; path: string }> {
  const answer = await fetch(url);
  const path = join(directory, 'fetched');
  await writeFile(path, Buffer.from(await answer.arrayBuffer()));
  return { status: answer.status, type: answer.headers.get('content-type'), path };
}

const pendingJobs = (name: string) =>
  server.context.db('jobs').where({ name, state: 'pending' }).pluck('payload');
const actorOf = async (person: Person) => {
  const headers = { accept: 'application/activity+json' };
  return JSON.parse((await client.get(`/ap/users/${person.id}`, { headers })).text);
};

describe('a profile', () => {
  test('is changed in part, and shown to oneself as written', async () => {
    const ann = await people.signedIn('ann');
    const body = {
      ...{ display_name: ' Ann ', note: 'I like <b>cats</b>\nand #dogs', locked: 'true', bot: '1' },
      ...{ discoverable: 'false', indexable: true, hide_collections: 'on' },
      fields_attributes: {
        0: { name: 'Site', value: 'https://ann.example/' },
        1: { name: 'Pronouns', value: 'she <i>& her</i>' },
        2: { name: '', value: 'dropped' },
      },
      source: { privacy: 'private', sensitive: 'true', language: 'de' },
    };
    const changed = await client.patch(PATH, { as: ann, body });
    expect(changed.body).toMatchObject({
      ...{ display_name: 'Ann', locked: true, bot: true, discoverable: false, indexable: true },
      ...{ noindex: false, hide_collections: true },
      note: expect.stringContaining('&#60;b&#62;cats&#60;/b&#62;<br>and <a'),
      fields: [
        {
          name: 'Site',
          value:
            '<a href="https://ann.example/" rel="me nofollow noopener noreferrer" target="_blank">https://ann.example/</a>',
          verified_at: null,
        },
        { name: 'Pronouns', value: 'she &#60;i&#62;&#38; her&#60;/i&#62;', verified_at: null },
      ],
      source: {
        ...{ note: 'I like <b>cats</b>\nand #dogs', privacy: 'private', sensitive: true, language: 'de' },
        fields: [
          { name: 'Site', value: 'https://ann.example/', verified_at: null },
          { name: 'Pronouns', value: 'she <i>& her</i>', verified_at: null },
        ],
      },
    });
    const again = await client.patch(PATH, { as: ann, body: { display_name: 'Anna', bot: false } });
    expect(again.body).toMatchObject({ display_name: 'Anna', bot: false, locked: true });
    expect(again.body.fields).toHaveLength(2);
    expect((await client.get('/api/v1/preferences', { as: ann })).body).toMatchObject({
      'posting:default:visibility': 'private',
      'posting:default:sensitive': true,
      'posting:default:language': 'de',
    });
    const shown = await client.get(`/api/v1/accounts/${ann.id}`);
    expect(shown.body).not.toHaveProperty('source');
    const verified = await client.get('/api/v1/accounts/verify_credentials', { as: ann });
    expect(verified.body).toEqual(again.body);
  });

  test.each([
    [{ fields_attributes: Array.from({ length: 5 }, () => ({ name: 'a', value: 'b' })) }],
    [{ fields_attributes: [{ name: 'x'.repeat(256), value: '' }] }],
    [{ note: 'x'.repeat(1_001) }],
    [{ source: { privacy: 'secret' } }],
    [{ source: { language: 'not a language' } }],
    [{ locked: 'perhaps' }],
  ])('%j is refused', async (body) => {
    const one = await people.signedIn(`refused_${Math.random().toString(36).slice(2, 10)}`);
    expect((await client.patch(PATH, { as: one, body })).status).toBe(422);
  });

  test('is told to other servers, with its table and pictures', async () => {
    const eve = await people.signedIn('eve');
    const path = await picture('eve.png', '300x200');
    const fields = await request(server.origin)
      .patch(PATH)
      .set('Authorization', `Bearer ${eve.token}`)
      .field('fields_attributes[0][name]', 'Site')
      .field('fields_attributes[0][value]', 'https://eve.example')
      .field('bot', 'true')
      .attach('avatar', path)
      .attach('header', path);
    expect(fields.status, fields.text).toBe(200);
    const document = await actorOf(eve);
    expect(document).toMatchObject({
      type: 'Service',
      icon: { type: 'Image', mediaType: 'image/jpeg', url: fields.body.avatar },
      image: { type: 'Image', mediaType: 'image/jpeg', url: fields.body.header },
    });
    const [field] = [document.attachment].flat();
    expect(field).toMatchObject({
      type: 'PropertyValue',
      name: 'Site',
      value: expect.stringContaining('rel="me '),
    });
    const events = await server.context.db('events').where({ name: 'account.updated' }).pluck('payload');
    expect(events).toContainEqual({ accountId: eve.id });
  });
});

describe('M3 P8 pictures of one’s own', () => {
  test.each([
    ['avatar', 'a.jpg', '640x200', 400, 400],
    ['header', 'b.png', '200x640', 1_500, 500],
    ['avatar', 'c.webp', '20x20', 400, 400],
  ])('%s of %s, %s, is cut to size and clean', async (role, name, size, width, height) => {
    const bob = await people.signedIn(`bob_${name[0]}`);
    const path = await picture(name, size, '-metadata', 'comment=secret place');
    await appendTo(path, '<script>alert(1)</script>');
    const answer = await request(server.origin)
      .patch(PATH)
      .set('Authorization', `Bearer ${bob.token}`)
      .attach(role, path);
    expect(answer.status, answer.text).toBe(200);
    const url: string = answer.body[role];
    expect(url).toMatch(new RegExp(`^${server.origin}/media/${bob.id}/[0-9a-f]{24}-${role}\\.jpg$`));
    expect(answer.body[`${role}_static`]).toBe(url);
    const shown = await fetched(url);
    expect([shown.status, shown.type]).toEqual([200, 'image/jpeg']);
    const { streams } = await ffprobeRaw(shown.path, '-show_streams');
    expect(streams).toMatchObject([{ codec_name: 'mjpeg', width, height }]);
    const bytes = await readFile(shown.path);
    for (const mark of ['secret', 'script', 'Lavc']) expect(bytes.includes(mark)).toBe(false);
  });

  test('one that replaces another has the old one removed, and taken away there is the usual one', async () => {
    const { db, pictures, storage } = server.context;
    const cat = await people.signedIn('cat');
    const upload = async (file: string) =>
      (
        await request(server.origin)
          .patch(PATH)
          .set('Authorization', `Bearer ${cat.token}`)
          .attach('avatar', file)
      ).body.avatar;
    const first = await upload(await picture('one.png', '50x50'));
    const second = await upload(await picture('two.png', '60x50', '-vf', 'negate'));
    expect(second).not.toBe(first);
    expect(await pendingJobs('accounts.purge')).toContainEqual({ accountId: cat.id });
    await pictures.jobs.purge(cat.id, run());
    expect((await fetched(first)).status).toBe(404);
    expect((await fetched(second)).status).toBe(200);
    const orphans = await orphanKeys(db, storage, Date.now() + 1e9);
    expect(orphans.filter((key) => key.includes(`/${cat.id}/`))).toEqual([]);

    const gone = await client.delete('/api/v1/profile/avatar', { as: cat });
    expect(gone.body.avatar).toBe(`${server.origin}/pictures/avatar.png`);
    await pictures.jobs.purge(cat.id, run());
    const left: string[] = [];
    for await (const { key } of storage.list(`media/${cat.id}/`)) left.push(key);
    expect(left).toEqual([]);
    expect(await db('accounts').where({ id: cat.id }).pluck('avatar_key')).toEqual([null]);
  });

  test('what is left over is removed while others follow, and not while a picture is set', async () => {
    const { inTx, social, pictures, storage } = server.context;
    const [pia, fan] = [await people.signedIn('pia'), await people.signedIn('fan')];
    await storage.putBytes(mediaKey(pia.id, 'a'.repeat(64), 'avatar.jpg'), Buffer.from('old'), {
      contentType: 'image/jpeg',
    });
    const { remove } = storage;
    const meanwhile = async (keys: readonly string[]) => {
      await inTx(async (tx) => {
        await tx.raw(`set local lock_timeout = '1s'`);
        expect(await social.follow(tx, fan.account, pia.account)).toMatchObject({ ok: true });
      });
      // The first thing that setting one does.
      const setting = inTx((tx) => tx('accounts').where({ id: pia.id }).forUpdate().noWait().first('id'));
      await expect(setting).rejects.toMatchObject({ code: '55P03' });
      await remove.call(storage, keys);
    };
    Object.assign(storage, { remove: meanwhile });
    await pictures.jobs.purge(pia.id, run()).finally(() => Object.assign(storage, { remove }));
    for await (const { key } of storage.list(`media/${pia.id}/`)) expect.unreachable(key);
  });

  test.each([
    ['text.png', Buffer.from('hello')],
    ['page.jpg', Buffer.from('<!doctype html><script>1</script>')],
    ['cut.png', Buffer.from('89504e470d0a1a0a0000000d', 'hex')],
  ])('%s is refused with a reason, and nothing changes', async (name, bytes) => {
    const dan = await people.signedIn(`dan_${name[0]}${name.length}${name[1]}`);
    const answer = await request(server.origin)
      .patch(PATH)
      .set('Authorization', `Bearer ${dan.token}`)
      .field('display_name', 'Changed')
      .attach('avatar', bytes, { filename: name, contentType: 'image/png' });
    expect([answer.status, answer.body.code]).toEqual([
      422,
      name.startsWith('cut') ? 'broken' : 'not-a-picture',
    ]);
    expect((await client.get(`/api/v1/accounts/${dan.id}`)).body.display_name).not.toBe('Changed');
  });

  test('those of suspended accounts are not served', async () => {
    const fay = await people.signedIn('fay');
    const path = await picture('fay.png', '50x50');
    const sent = request(server.origin).patch(PATH).set('Authorization', `Bearer ${fay.token}`);
    const { avatar } = (await sent.attach('avatar', path)).body;
    await people.suspend(fay.account);
    expect((await fetched(avatar)).status).toBe(404);
  });
});

describe('pictures of remote accounts', () => {
  async function upsert(name: string, facts: { avatarUrl?: string | null; headerUrl?: string | null }) {
    const { accounts, inTx } = server.context;
    const account = await people.remote(name, 'far.test');
    return inTx((tx) =>
      accounts.upsertRemote(tx, {
        ...{ actorUri: account.actorUri, actorType: 'Person', username: name, domain: 'far.test' },
        ...{
          displayName: name,
          bioHtml: '',
          url: account.url,
          inboxUri: account.inboxUri,
          sharedInboxUri: null,
        },
        ...{ followersUri: null, outboxUri: null, featuredUri: null, alsoKnownAs: [] },
        ...{ fields: [{ name: 'Site', value: '', html: '<a>x</a>', verifiedAt: null }] },
        ...{ avatarUrl: null, headerUrl: null, locked: false, discoverable: true, indexable: true, ...facts },
      }),
    );
  }
  const shown = async (id: string) => (await client.get(`/api/v1/accounts/${id}`)).body;

  test('are copied once somebody looks, and nobody’s browser asks their server', async () => {
    files.set('/a.png', await readFile(await picture('remote.png', '90x60')));
    const gus = await upsert('gus', { avatarUrl: remote.url('/a.png') });
    const before = await shown(gus.id);
    expect(before).toMatchObject({
      avatar: `${server.origin}/pictures/${gus.id}/avatar`,
      header: `${server.origin}/pictures/header.png`,
      fields: [{ name: 'Site', value: '<a>x</a>', verified_at: null }],
    });
    expect(await pendingJobs('accounts.pictures')).toEqual([]);
    const looked = await fetch(before.avatar, { redirect: 'manual' });
    expect([looked.status, looked.headers.get('location'), looked.headers.get('cache-control')]).toEqual([
      ...[302, `${server.origin}/pictures/avatar.png`, 'no-store'],
    ]);
    expect(await fetched(before.avatar)).toMatchObject({ status: 200, type: 'image/png' });
    expect(await pendingJobs('accounts.pictures')).toEqual([{ accountId: gus.id }]);

    await server.context.pictures.jobs.copy(gus.id, run());
    const after = await shown(gus.id);
    expect(after.avatar).toMatch(new RegExp(`^${server.origin}/media/${gus.id}/`));
    expect(await fetched(after.avatar)).toMatchObject({ status: 200, type: 'image/jpeg' });
    // The old address, as some app has kept it.
    expect((await fetch(before.avatar, { redirect: 'manual' })).headers.get('location')).toBe(after.avatar);
    const asked = remote.seen.length;
    await server.context.pictures.jobs.copy(gus.id, run());
    expect(remote.seen.length).toBe(asked);

    await upsert('gus', { avatarUrl: remote.url('/other.png') });
    expect((await shown(gus.id)).avatar).toBe(before.avatar);
    await upsert('gus', {});
    expect((await shown(gus.id)).avatar).toBe(`${server.origin}/pictures/avatar.png`);
  });

  test('that cannot be had are tried until the last try, and not again', async () => {
    files.set('/away.png', (_request, response) => response.writeHead(503).end());
    files.set('/page.png', '<html>');
    const hal = await upsert('hal', {
      avatarUrl: remote.url('/away.png'),
      headerUrl: remote.url('/page.png'),
    });
    await expect(server.context.pictures.jobs.copy(hal.id, run(false))).rejects.toThrow();
    await server.context.pictures.jobs.copy(hal.id, run(true));
    const asked = remote.seen.length;
    await server.context.pictures.jobs.copy(hal.id, run(true));
    await fetch(`${server.origin}/pictures/${hal.id}/avatar`);
    expect(remote.seen.length).toBe(asked);
    expect(await pendingJobs('accounts.pictures')).not.toContainEqual({ accountId: hal.id });
  });

  test('are not fetched from servers whose media the staff refuses', async () => {
    files.set('/b.png', await readFile(await picture('refused.png', '90x60')));
    const ida = await upsert('ida', { avatarUrl: remote.url('/b.png') });
    const { db, pictures } = server.context;
    await db('domain_policies').insert({ domain: 'far.test', severity: 'noop', reject_media: true });
    const asked = remote.seen.length;
    await pictures.jobs.copy(ida.id, run());
    expect(remote.seen.length).toBe(asked);
    await db('domain_policies').where({ domain: 'far.test' }).delete();
  });

  test('W8 addresses of pictures that are none: absent', async () => {
    for (const path of [
      '1/avatar',
      '0/avatar',
      'x/avatar',
      '1/../2',
      'avatar',
      'other.png',
      '%00',
      '1/avatar/',
    ]) {
      expect((await fetch(`${server.origin}/pictures/${path}`)).status, path).toBe(404);
    }
    expect((await fetch(`${server.origin}/pictures/avatar.png`, { method: 'POST' })).status).toBe(404);
  });
});
