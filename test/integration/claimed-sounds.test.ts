import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { vireo } from '../../src/cli/program.ts';
import type { VideoId } from '../../src/lib/ids.ts';
import type { ClaimId } from '../../src/modules/claims/index.ts';
import { operator } from '../../src/modules/staff/index.ts';
import { addressOf, openClaim } from '../helpers/claims.ts';
import { cliEnvOf } from '../helpers/cli-env.ts';
import { createVideoFactory, type VideoFactory } from '../helpers/factories.ts';
import { type Client, clientOf, createPeople, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { heardIn, printOfSound } from '../helpers/sounds.ts';

/** A claim against a video reaches what was made with its sound (ADR 0052). */
let server: TestServer;
let client: Client;
let videos: VideoFactory;
let moderator: Person;
let author: Person;
let maker: Person;
let seed = 700;

beforeAll(async () => {
  server = await startTestServer();
  client = clientOf(server.origin);
  videos = createVideoFactory(server.context);
  const people = createPeople(server);
  moderator = await people.signedIn('mo', 'moderator');
  author = await people.signedIn('author');
});
afterAll(() => server?.close());
beforeEach(async () => {
  seed += 1;
  maker = await createPeople(server).signedIn(`maker${seed}`);
});

const db = () => server.context.db;
const stateOf = (id: VideoId) => db()('videos').where({ id }).first('state', 'staff_muted');
const REMOVED = { state: 'removed', staff_muted: false };
const MUTED = { state: 'published', staff_muted: true };
const AS_BEFORE = { state: 'published', staff_muted: false };

/** Makes a video be one that was made with the sound of another. */
async function madeWith(original: VideoId, by: Person = maker): Promise<VideoId> {
  const id = await videos.video(by.account, {});
  const { sound_id, uri } = await db()('videos').where({ id: original }).first('sound_id', 'uri');
  await db()('videos').where({ id }).update({ sound_id, sound_of_id: original, sound_of_uri: uri });
  return id;
}

/** An original with a video made with its sound, a duet of that, and one in which the same is merely heard. */
async function sounding() {
  const original = await videos.video(author.account, {});
  await heardIn(server.context, original, printOfSound(seed));
  const used = await madeWith(original);
  const duet = await videos.video(maker.account, {});
  await db()('videos').where({ id: duet }).update({ remix_of_id: used, remix_kind: 'duet' });
  const heard = await videos.video(maker.account, {});
  await heardIn(server.context, heard, printOfSound(seed));
  const email = `ada${seed}@rights.example`;
  const claim = await openClaim(server.context, {
    videos: [await addressOf(server.context, original)],
    email,
  });
  return { original, used, duet, heard, claim };
}

const uphold = (claim: ClaimId, body: object = {}) =>
  client.post(`/api/v1/admin/claims/${claim}/uphold`, { as: moderator, body });
const strikes = async (): Promise<readonly { action: string; text: string; lifted_at: string | null }[]> =>
  (await client.get('/api/v1/strikes', { as: maker })).body;

describe('a claim that is upheld', () => {
  test('mutes what was made with the sound, tells its makers, and leaves what was not', async () => {
    const { original, used, duet, heard, claim } = await sounding();
    const preview = await client.get(`/api/v1/admin/claims/${claim}/preview`, { as: moderator });
    expect(preview.body.videos).toMatchObject([
      { id: used, via: 'sound', via_video_id: original },
      { id: duet, via: 'sound', via_video_id: used },
    ]);
    expect((await uphold(claim)).status).toBe(200);
    expect(await stateOf(original)).toEqual(REMOVED);
    expect([await stateOf(used), await stateOf(duet), await stateOf(heard)]).toEqual([
      MUTED,
      MUTED,
      AS_BEFORE,
    ]);
    expect(await strikes()).toMatchObject([
      { action: 'mute', text: expect.stringContaining('has the sound of one that the claim names') },
      { action: 'mute' },
    ]);
    // They took what was offered: no claim counts against them.
    expect((await server.context.claims.repeatCounts([maker.id, author.id])).get(maker.id)).toBeUndefined();
    const [entry] = await db()('audit_log').where({ action: 'claim.uphold', target_id: claim });
    expect(entry.detail).toMatchObject({ sounds: 'mute' });
    expect(await db()('audit_log').where({ action: 'video.mute', target_id: used })).toHaveLength(1);
  });

  test('leaves a duet that is known to have the pictures of such a one alone', async () => {
    const { used, duet, claim } = await sounding();
    const pictures = await videos.video(maker.account, {});
    const made = { remix_of_id: used, remix_kind: 'duet', carries_sound: false };
    await db()('videos').where({ id: pictures }).update(made);
    expect((await uphold(claim)).status).toBe(200);
    expect([await stateOf(duet), await stateOf(pictures)]).toEqual([MUTED, AS_BEFORE]);
  });

  test.each([
    ['remove', REMOVED],
    ['keep', AS_BEFORE],
  ] as const)('can %s it', async (sounds, then) => {
    const { used, duet, claim } = await sounding();
    expect((await uphold(claim, { sounds })).status).toBe(200);
    expect([await stateOf(used), await stateOf(duet)]).toEqual([then, then]);
  });

  test.each([
    ['mute', ['remove', 'mute', 'mute'], 'Would remove 1 videos, and mute 2.'],
    ['remove', ['remove', 'remove', 'remove'], 'Would remove 3 videos.'],
    ['keep', ['remove'], 'Would remove 1 videos.'],
  ])('is tried at the command line with what it would do to the sound: %s', async (sounds, would, said) => {
    const { used, claim } = await sounding();
    const told: string[] = [];
    const code = await vireo(['--json', 'claim', 'uphold', claim, '--sounds', sounds, '--dry-run'], {
      env: cliEnvOf(server),
      stdout: { write: (text: string) => told.push(text) > 0 },
      stderr: process.stderr,
    });
    expect(code).toBe(0);
    const { message, rows } = JSON.parse(told.join(''));
    expect(message).toContain(said);
    expect(rows.map((row: { would: string }) => row.would)).toEqual(would);
    expect(await stateOf(used)).toEqual(AS_BEFORE);
  });

  test('gives it back with the video: withdrawn, taken back, or answered', async () => {
    const { claims, inTx } = server.context;
    const answers: ((claim: ClaimId) => Promise<unknown>)[] = [
      (claim) => inTx((tx) => claims.withdraw(tx, claim)),
      (claimId) => inTx((tx) => claims.restore(tx, operator, { claimId, answer: '' })),
      async (claimId) => {
        const said = { name: 'Una', address: 'Shore 1', country: 'DE', text: 'Mine.', signature: 'Una' };
        const made = await inTx((tx) => claims.counter(tx, { ...said, claimId, accountId: author.id }));
        if (!made.ok) throw new Error(made.reason);
        const counterId = made.counter.id;
        return inTx((tx) => claims.decideCounter(tx, operator, { counterId, accept: true, answer: '' }));
      },
    ];
    for (const answer of answers) {
      seed += 1;
      const { original, used, duet, claim } = await sounding();
      await uphold(claim);
      expect(await stateOf(used)).toEqual(MUTED);
      await answer(claim);
      for (const id of [original, used, duet]) expect(await stateOf(id)).toEqual(AS_BEFORE);
    }
    expect((await strikes()).every(({ lifted_at }) => lifted_at !== null)).toBe(true);
  });

  test('removes nothing for good that was only muted, whatever its author is answered', async () => {
    const { claims, inTx, measures } = server.context;
    const { used, duet, claim } = await sounding();
    await uphold(claim);
    const said = { name: 'Una', address: 'Shore 1', country: 'DE', text: 'Mine.', signature: 'Una' };
    const made = await inTx((tx) => claims.counter(tx, { ...said, claimId: claim, accountId: author.id }));
    if (!made.ok) throw new Error(made.reason);
    const decision = { counterId: made.counter.id, accept: false, answer: '' };
    expect(await inTx((tx) => claims.decideCounter(tx, operator, decision))).toMatchObject({ ok: true });
    const mutes = () => db()('measures').whereIn('target_id', [used, duet]).where({ measure: 'mute' });
    expect(await mutes().pluck('purge_at')).toEqual([null, null]);
    // Nor what was given such a day before this was so.
    await mutes().update({ purge_at: new Date(0) });
    await measures.purgeDue();
    expect([await stateOf(used), await stateOf(duet)]).toEqual([MUTED, MUTED]);
  });

  test('and that is kept as it is the second time is not muted again', async () => {
    const { used, claim } = await sounding();
    await uphold(claim);
    await client.post(`/api/v1/admin/claims/${claim}/restore`, { as: moderator, body: {} });
    expect((await uphold(claim, { sounds: 'keep' })).status).toBe(200);
    expect(await stateOf(used)).toEqual(AS_BEFORE);
  });

  test('leaves a mute of the staff when it goes, and what the sound is not from', async () => {
    const { original, used, claim } = await sounding();
    const { inTx, measures } = server.context;
    const target = { kind: 'video', id: used } as const;
    await inTx((tx) => measures.take(tx, operator, { target, measure: 'mute', facts: 'By hand.' }));
    await uphold(claim);
    await client.post(`/api/v1/admin/claims/${claim}/restore`, { as: moderator, body: {} });
    expect(await stateOf(used)).toEqual(MUTED);
    const email = `other${seed}@rights.example`;
    const other = await openClaim(server.context, { videos: [await addressOf(server.context, used)], email });
    await uphold(other);
    expect([await stateOf(original), (await stateOf(used)).state]).toEqual([AS_BEFORE, 'removed']);
  });
});
