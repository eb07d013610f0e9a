import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { VideoId } from '../../src/lib/ids.ts';
import { ffprobeRaw } from '../helpers/media-samples.ts';
import { createPeople, type Person } from '../helpers/people.ts';
import { createRemixRig, startOrigin } from '../helpers/remix-rig.ts';
import {
  apart,
  colourAt,
  coloursAt,
  LATER,
  ORIGINAL,
  OWN,
  type Quarters,
  quartered,
  tonesIn,
} from '../helpers/remix-samples.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

const SLOW_MS = 180_000;
const TONES = { own: 600, original: 1_700 };
const ORIGIN = '127.0.0.3';

let directory: string;
let files: { own: string; original: string };
let origin: Awaited<ReturnType<typeof startOrigin>>;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vireo-remixes-'));
  const size = [272, 480] as const;
  files = {
    own: await quartered(directory, 'own.mp4', { colours: OWN, size, seconds: 2, tone: TONES.own }),
    original: await quartered(directory, 'original.mp4', {
      ...{ colours: ORIGINAL, later: LATER, size, seconds: 4, rate: 25, tone: TONES.original },
    }),
  };
  origin = await startOrigin(ORIGIN, files.original);
});
afterAll(async () => {
  await origin.close();
  await rm(directory, { recursive: true, force: true });
});

/** What a file is like: size, seconds of picture and sound. */
async function shape(path: string) {
  const { streams = [] } = await ffprobeRaw(path, '-show_streams');
  const of = (kind: string) =>
    (streams as readonly Record<string, string>[]).find(({ codec_type }) => codec_type === kind);
  const [video, audio] = [of('video'), of('audio')];
  return {
    size: `${video?.width}x${video?.height}`,
    seconds: Number(video?.duration),
    sound: Number(audio?.duration),
  };
}

/** How much weaker the weaker tone is; which of both is the stronger one. */
async function heard(path: string, from: number, seconds: number) {
  const { own, original } = await tonesIn(path, TONES, from, seconds);
  return {
    stronger: own > original ? 'own' : 'original',
    share: Math.min(own, original) / Math.max(own, original),
  };
}

/** Where the quarters of a picture are that lies there, from its upper left corner to its lower right one. */
function quartersAt(
  at: number,
  colours: Quarters,
  from: readonly [number, number],
  to: readonly [number, number],
) {
  const [left, top] = from;
  const [width, height] = [to[0] - left, to[1] - top];
  return colours.map(
    (colour, n) =>
      [at, left + width * (n % 2 ? 0.75 : 0.25), top + height * (n < 2 ? 0.25 : 0.75), colour] as const,
  );
}

type Point = readonly [at: number, x: number, y: number, colour: string];
type Heard = readonly [from: number, seconds: number, stronger: string, least: number, most: number];
interface Expected {
  readonly order: object;
  readonly size: string;
  readonly seconds: number;
  readonly shows: readonly Point[];
  readonly sounds: readonly Heard[];
}

/** Both pictures, in each layout. */
const layouts = {
  side_by_side: {
    size: '480x854',
    shows: [
      ...quartersAt(1, OWN, [0, 0.25], [0.5, 0.75]),
      ...quartersAt(1, ORIGINAL, [0.5, 0.25], [1, 0.75]),
      [1, 0.5, 0.1, '0x000000'],
      [1, 0.5, 0.9, '0x000000'],
    ],
  },
  top_bottom: {
    size: '360x640',
    shows: [...quartersAt(1, OWN, [0, 0], [1, 0.5]), ...quartersAt(1, ORIGINAL, [0, 0.5], [1, 1])],
  },
  picture_in_picture: {
    size: '272x480',
    shows: [
      ...quartersAt(1, OWN, [0.04, 0.08], [0.4, 0.44]),
      ...quartersAt(1, ORIGINAL, [0, 0], [1, 1]).slice(1),
      // What the small picture leaves of the first.
      [1, 0.45, 0.46, ORIGINAL[0]],
    ],
  },
} as const satisfies Record<string, Pick<Expected, 'size' | 'shows'>>;

/** What is heard of both, as each is chosen; the own tone and the other are recorded equally loud. */
const sounds = {
  own: { order: { sound: 'own' }, heard: [0.3, 1.4, 'own', 0, 0.01] },
  original: { order: { sound: 'original' }, heard: [0.3, 1.4, 'original', 0, 0.01] },
  mix: {
    order: { sound: 'mix', volumes: { original: 1, own: 0.5 } },
    heard: [0.3, 1.4, 'original', 0.3, 0.8],
  },
} as const satisfies Record<string, { order: object; heard: Heard }>;

const duets = Object.entries(layouts).flatMap(([layout, { size, shows }]) =>
  Object.entries(sounds).map(([sound, { order, heard }]): [string, Expected] => [
    `a duet, ${layout}, ${sound}`,
    { order: { kind: 'duet', layout, ...order }, size, seconds: 2, shows, sounds: [heard] },
  ]),
);
const stitch: Expected = {
  order: { kind: 'stitch', clip: { start: 1.5, end: 3 } },
  size: '272x480',
  seconds: 3.5,
  shows: [
    ...quartersAt(0.25, ORIGINAL, [0, 0], [1, 1]),
    ...quartersAt(1, LATER, [0, 0], [1, 1]),
    ...quartersAt(2, OWN, [0, 0], [1, 1]),
    ...quartersAt(3, OWN, [0, 0], [1, 1]),
  ],
  sounds: [
    [0.1, 1.2, 'original', 0, 0.01],
    [1.8, 1.4, 'own', 0, 0.01],
  ],
};
const remixes: [string, Expected][] = [...duets, ['a stitch', stitch]];

async function expectMade(path: string, { size, seconds, shows, sounds }: Expected): Promise<void> {
  const made = await shape(path);
  expect(made.size).toBe(size);
  expect(made.seconds).toBeCloseTo(seconds, 1);
  expect(Math.abs(made.sound - seconds)).toBeLessThan(0.1);
  for (const at of new Set(shows.map(([when]) => when))) {
    const points = shows.filter(([when]) => when === at).map(([, x, y, colour]) => ({ x, y, colour }));
    const found = await coloursAt(
      path,
      at,
      points.map(({ x, y }) => [x, y]),
    );
    for (const [n, { x, y, colour }] of points.entries()) {
      const one = found[n] ?? '';
      expect(apart(one, colour), `${one} for ${colour} at ${at} s, ${x}, ${y}`).toBeLessThan(32);
    }
  }
  for (const [from, length, stronger, least, most] of sounds) {
    const sound = await heard(path, from, length);
    expect(sound.stronger).toBe(stronger);
    expect(sound.share).toBeGreaterThanOrEqual(least);
    expect(sound.share).toBeLessThanOrEqual(most);
  }
}

describe.each([
  ['of this server', 'replicate'],
  ['of another server, copied here', 'replicate'],
  ['of another server, whose files stay there', 'proxy'],
] as const)('of a video %s', (whose, mode) => {
  let server: TestServer;
  let rig: ReturnType<typeof createRemixRig>;
  let alice: Person;
  let original: VideoId;

  beforeAll(async () => {
    server = await startTestServer({ role: 'all', variables: { REMOTE_VIDEO: mode } });
    rig = createRemixRig(server);
    const people = createPeople(server);
    alice = await people.signedIn('alice');
    if (whose === 'of this server') {
      original = await rig.uploaded(await people.signedIn('bob'), files.original);
      return;
    }
    original = await rig.remote(origin.origin);
    if (mode === 'replicate') {
      await server.context.inTx((tx) => server.context.videos.opened(tx, original));
      expect(await rig.settled(original)).toMatchObject({ media_state: 'ready' });
    }
  }, SLOW_MS);
  afterAll(() => server.close());

  test.each(remixes)(
    '%s is made, and every server gets the whole of it',
    { timeout: SLOW_MS },
    async (_name, expected) => {
      const id = await rig.upload(alice, files.own, { remix: { of: original, ...expected.order } });
      expect(await rig.settled(id)).toMatchObject({
        state: 'published',
        media_state: 'ready',
        media_detail: null,
      });
      const row = await rig.row(id);
      expect(row).toMatchObject({ remix_of_id: original, composed_at: expect.any(Date) });
      expect(row?.duration_seconds).toBeCloseTo(expected.seconds, 1);
      await expectMade(await rig.mp4(id), expected);
    },
  );

  test('is silent in it while it is muted, though the file that there is has its sound', {
    timeout: SLOW_MS,
  }, async () => {
    const { db } = server.context;
    await db('videos').where({ id: original }).update({ staff_muted: true });
    try {
      const remix = { of: original, kind: 'stitch', clip: { start: 1.5, end: 3 } };
      const id = await rig.upload(alice, files.own, { remix });
      expect(await rig.settled(id)).toMatchObject({ state: 'published', media_detail: null });
      const path = await rig.mp4(id);
      expect(apart(await colourAt(path, 0.25, 0.25, 0.25), ORIGINAL[0])).toBeLessThan(32);
      expect((await tonesIn(path, TONES, 0.1, 1.2)).original).toBeLessThan(0.001);
      expect((await tonesIn(path, TONES, 1.8, 1.4)).own).toBeGreaterThan(0.05);
      // So nothing that is decided about that sound counts for it.
      expect(await rig.row(id)).toMatchObject({ remix_of_id: original, carries_sound: false });
      expect(await db('carried_sounds').where({ video_id: id })).toEqual([]);
    } finally {
      await db('videos').where({ id: original }).update({ staff_muted: false });
    }
  });

  if (whose === 'of this server') {
    test('is carried where it is heard again by the time it is made', { timeout: SLOW_MS }, async () => {
      const { db } = server.context;
      const order = { kind: 'stitch', clip: { start: 1.5, end: 3 } };
      const { body, file } = await rig.announce(alice, files.own, { remix: { of: original, ...order } });
      // As it is written where the original was without its sound when the upload began.
      await db('videos').where({ id: body.video_id }).update({ carries_sound: false });
      await rig.send(alice, body.upload_url, file);
      expect(await rig.settled(body.video_id)).toMatchObject({ media_state: 'ready', carries_sound: true });
    });
  }

  if (mode === 'proxy') {
    test('no copy of the original stays here', async () => {
      expect((await rig.row(original))?.media_state).not.toBe('ready');
      expect(await server.context.db('video_assets').where({ video_id: original, role: 'mp4' })).toEqual([]);
    });
  }
});
