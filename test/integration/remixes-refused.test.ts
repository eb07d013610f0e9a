import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { prefixesOf } from '../../media/keys.ts';
import type { VideoId } from '../../src/lib/ids.ts';
import { eventually, hurryPurges, workLeft } from '../helpers/chaos.ts';
import { createPeople, type Person } from '../helpers/people.ts';
import { killProcesses } from '../helpers/probes.ts';
import { createRemixRig, startOrigin } from '../helpers/remix-rig.ts';
import { ORIGINAL, OWN, quartered } from '../helpers/remix-samples.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

const SLOW_MS = 120_000;
/** Its encoders run for long enough that one is met at work. */
const LONG_SECONDS = 15;

let directory: string;
let files: { own: string; long: string; original: string };
let server: TestServer;
let rig: ReturnType<typeof createRemixRig>;
let alice: Person;
let bob: Person;
let original: VideoId;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vireo-remixes-'));
  const size = [272, 480] as const;
  files = {
    own: await quartered(directory, 'own.mp4', { colours: OWN, size, seconds: 3 }),
    long: await quartered(directory, 'long.mp4', { colours: OWN, size, seconds: LONG_SECONDS }),
    original: await quartered(directory, 'original.mp4', { colours: ORIGINAL, size, seconds: 3, tone: 600 }),
  };
  server = await startTestServer({ role: 'all', variables: { REMOTE_VIDEO: 'off' } });
  rig = createRemixRig(server);
  const people = createPeople(server);
  [alice, bob] = [await people.signedIn('alice'), await people.signedIn('bob')];
  original = await rig.uploaded(bob, files.original);
}, SLOW_MS);
afterAll(async () => {
  await server.close();
  await rm(directory, { recursive: true, force: true });
});

const videos = () => server.context.db('videos');
const duetOf = (of: VideoId) => ({ remix: { of, kind: 'duet', layout: 'top_bottom' } });
const stitchOf = (of: VideoId, start: number, end: number) => ({
  remix: { of, kind: 'stitch', clip: { start, end } },
});

/** What is left in the store and at work of a video, once nothing of media waits. */
async function leftOf(id: VideoId): Promise<string[]> {
  const { db, storage } = server.context;
  await eventually(
    'nothing waits',
    async () => {
      await hurryPurges(db);
      await db('jobs')
        .where({ state: 'pending', lease_owner: null })
        .whereLike('name', 'media.%')
        .where('run_at', '>', db.fn.now())
        .update({ run_at: db.fn.now(), run: db.raw('run + 1') });
      return (await workLeft(db, 'media.%')) === 0;
    },
    SLOW_MS,
  );
  const keys: string[] = [];
  for (const prefix of prefixesOf(id)) for await (const { key } of storage.list(prefix)) keys.push(key);
  return keys;
}

describe('an upload is not begun', () => {
  const refused = async (about: object) => {
    const before = await videos().count('* as count').first();
    const { status, body } = await rig.announce(alice, files.own, about);
    expect(await videos().count('* as count').first()).toEqual(before);
    return { status, code: body.code, detail: body.detail };
  };

  test('of what its author does not allow', async () => {
    await videos().where({ id: original }).update({ allows_duet: false });
    expect(await refused(duetOf(original))).toMatchObject({ status: 403, code: 'remix-not-allowed' });
    await videos().where({ id: original }).update({ allows_duet: true, allows_stitch: false });
    expect(await refused(stitchOf(original, 0, 2))).toMatchObject({ status: 403, code: 'remix-not-allowed' });
    await videos().where({ id: original }).update({ allows_stitch: true });
  });

  test('of what nobody may see, or is not there', async () => {
    await videos().where({ id: original }).update({ visibility: 'followers' });
    expect(await refused(duetOf(original))).toMatchObject({ status: 404, code: 'remix-not-found' });
    await videos().where({ id: original }).update({ visibility: 'public' });
    expect(await refused(duetOf('1' as VideoId))).toMatchObject({ status: 404, code: 'remix-not-found' });
  });

  test('of what another server says nothing about, or forbids', async () => {
    const silent = await rig.remote('http://127.0.0.3:9', null);
    expect(await refused(duetOf(silent))).toMatchObject({ status: 403, code: 'remix-not-said' });
    const closed = await rig.remote('http://127.0.0.3:9', {
      policy: 'closed',
      duet: false,
      stitch: false,
      ask: false,
    });
    expect(await refused(duetOf(closed))).toMatchObject({ status: 403, code: 'remix-not-allowed' });
  });

  test.each([
    ['longer than five seconds', 0, 5.1, 'validation-failed'],
    ['shorter than half a second', 1, 1.4, 'validation-failed'],
    ['the wrong way round', 2, 1, 'validation-failed'],
    ['outside of the original', 2, 4, 'clip-outside'],
  ])('with a part that is %s', async (_what, start, end, code) => {
    expect(await refused(stitchOf(original, start, end))).toMatchObject({ status: 422, code });
  });

  test('with what is no layout, no sound, or too loud', async () => {
    const remix = { of: original, kind: 'duet' };
    for (const more of [{ layout: 'three' }, { sound: 'both' }, { volumes: { own: 2 } }]) {
      expect(await refused({ remix: { ...remix, ...more } })).toMatchObject({ code: 'validation-failed' });
    }
  });
});

describe('what was begun is refused with a reason', { timeout: SLOW_MS }, () => {
  async function refusedAfter(meanwhile: () => Promise<unknown>, of = original) {
    const { body, file } = await rig.announce(alice, files.own, duetOf(of));
    await meanwhile();
    await rig.send(alice, body.upload_url, file);
    const made = await rig.settled(body.video_id);
    expect(made.state).toBe('rejected');
    expect(await leftOf(body.video_id)).toEqual(made.original_key ? [made.original_key] : []);
    const answer = await fetch(`${server.origin}/api/v1/videos/${body.video_id}/processing`, {
      headers: { Authorization: `Bearer ${alice.token}` },
    });
    return { reason: made.media_reason, told: (await answer.json()).detail };
  }

  test('where the author of the original takes the permission back meanwhile', async () => {
    const { reason, told } = await refusedAfter(() =>
      videos().where({ id: original }).update({ allows_duet: false }),
    );
    expect(reason).toBe('remix-not-allowed');
    expect(told).toMatch(/does not let others make duets/);
    await videos().where({ id: original }).update({ allows_duet: true });
  });

  test('where the original is deleted meanwhile', async () => {
    const second = await rig.uploaded(bob, files.original);
    const { reason, told } = await refusedAfter(
      () => server.context.inTx((tx) => server.context.videos.remove(tx, second, bob.id)),
      second,
    );
    expect(reason).toBe('remix-gone');
    expect(told).toMatch(/was deleted before yours was made/);
  });

  test('where this server takes no files of the other one', async () => {
    const origin = await startOrigin('127.0.0.3', files.original);
    const { reason } = await refusedAfter(async () => undefined, await rig.remote(origin.origin));
    expect(reason).toBe('original-refused');
    expect(origin.requests()).toBe(0);
    await origin.close();
  });

  test('where the other server has the file no more', async () => {
    const origin = await startOrigin('127.0.0.3', files.original);
    origin.lose();
    const of = await rig.remote(origin.origin);
    const { domain } = await server.context
      .db('accounts')
      .where({ id: (await rig.row(of))?.account_id })
      .first('domain');
    await server.context.inTx((tx) =>
      server.context.domains.setMediaMode(tx, { kind: 'operator' }, { domain, mode: 'on-view' }),
    );
    const { reason, told } = await refusedAfter(async () => undefined, of);
    expect(reason).toBe('original-unavailable');
    expect(told).toMatch(/could not be fetched/);
    await origin.close();
  });

  test('where the other file is no video', async () => {
    await videos().where({ id: original }).update({ allows_duet: true });
    const key = (await server.context.db('video_assets').where({ video_id: original, role: 'mp4' }).first())
      .key;
    await server.context.storage.putBytes(key, Buffer.from('#EXTM3U\nfile:///etc/passwd\n'), {
      contentType: 'video/mp4',
    });
    const { reason } = await refusedAfter(async () => undefined);
    expect(reason).toBe('original-unusable');
    await server.context.storage.putFile(key, files.original, { contentType: 'video/mp4' });
  });
});

describe('a worker that is cut off', { timeout: 2 * SLOW_MS }, () => {
  let long: VideoId;
  beforeAll(async () => {
    long = await rig.uploaded(bob, files.long);
  }, SLOW_MS);

  /** Kills the encoder of a stage of a remix, and expects the whole of it in the end. */
  test.each([
    ['puts both together', 'composed.mp4'],
    ['makes the first size', '-cmaf.mp4'],
  ])('while it %s is followed by one that makes the whole', async (_when, task) => {
    const id = await rig.upload(alice, files.long, duetOf(long));
    const hurry = () =>
      server.context
        .db('jobs')
        .where({ state: 'pending', lease_owner: null })
        .where('run_at', '>', server.context.db.fn.now())
        .update({ run_at: server.context.db.fn.now(), run: server.context.db.raw('run + 1') });
    await eventually(
      'an encoder was killed',
      async () => (await killProcesses(join(server.dataDir, 'work'), /(^|\/)ffmpeg$/, task)) > 0,
      SLOW_MS,
    );
    const made = await eventually(
      'it is made',
      async () => {
        await hurry();
        const row = await rig.row(id);
        return row?.media_state === 'ready' && row;
      },
      SLOW_MS,
    );
    expect(made).toMatchObject({ state: 'published', composed_at: expect.any(Date) });
    expect(made.duration_seconds).toBeCloseTo(LONG_SECONDS, 1);
    // What was uploaded is gone, and there is one file of both.
    const originals = (await leftOf(id)).filter((key) => key.startsWith('originals/'));
    expect(originals).toEqual([made.original_key]);
    expect(made.original_key).toMatch(/composed-/);
  });

  test('and its storage that fails leave a row that says what is there', async () => {
    const id = await rig.uploaded(alice, files.own, duetOf(original));
    const before = await rig.row(id);
    // As after a crash behind the transaction that names the file of both: nothing is composed again.
    await videos().where({ id }).update({ remix_of_id: null });
    const remade = await server.context.inTx((tx) => server.context.videos.askToRemake(tx, id));
    expect(remade.ok).toBe(true);
    await leftOf(id);
    expect(await rig.row(id)).toMatchObject({
      state: 'published',
      media_state: 'ready',
      original_key: before?.original_key,
    });
  });
});
