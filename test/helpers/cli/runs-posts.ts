import { expect } from 'vitest';
import { heardIn, printOfSound } from '../sounds.ts';
import { about, type CliRun, lists, measures, says, words } from './run.ts';
import type { Said, World } from './world.ts';

const reported = async ({ server: { context }, people: { local }, name }: World): Promise<string> => {
  const [reporter, target] = [await local(name()), await local(name())];
  const filed = await context.inTx((tx) =>
    context.moderation.file(tx, {
      ...{ reporterId: reporter.id, targetId: target.id, videoIds: [], commentIds: [], ruleIds: [] },
      ...{ comment: 'Look.', category: 'spam', forward: false },
    }),
  );
  if (!filed.ok) throw new Error(filed.detail);
  return filed.reportId;
};

const aRule = async ({ cli, name }: World): Promise<string> => {
  const made = await cli('rule', 'add', '--name', name(), '--words', 'casino*', '--action', 'hold');
  return String(made.rows[0]?.id);
};

const commented = async ({ server: { context }, people: { local }, video, name }: World): Promise<string> => {
  const under = await context.videos.internal(await video());
  if (!under) throw new Error('There is no such video.');
  const author = await local(name());
  const made = await context.inTx((tx) =>
    context.comments.publish(tx, {
      ...{ author, video: under, parent: null, visibility: 'public' },
      details: { text: 'Hm.', contentWarning: '', sensitive: false, language: null, mentions: new Map() },
    }),
  );
  if (!made.ok) throw new Error(made.detail);
  return made.commentId;
};

const listed = async ({ cli, file, name }: World): Promise<string> => {
  const sha256 = Buffer.from(name().padEnd(32, '.')).toString('hex');
  await cli('hash', 'import', await file('one.csv', `sha256,phash,label\n${sha256},,listed\n`));
  const { rows } = await cli('hash', 'list');
  return String(rows.find((row) => row.sha256 === sha256)?.id);
};

let seed = 900;
/** A sound that can be told from others, heard in a video. */
const heardSound = async (world: World): Promise<string> => {
  seed += 1;
  return heardIn(world.server.context, await world.video(), printOfSound(seed));
};

const ruledSound = async (world: World): Promise<string> => {
  const id = await heardSound(world);
  await world.cli('sound', 'rule', id, 'mute', '--reason', 'Asked for.');
  return id;
};

const aPack = async ({ server: { context }, people: { local }, name }: World): Promise<string> => {
  const owner = await local(name());
  const facts = { title: 'Birds', description: '' };
  const made = await context.inTx((tx) => context.packs.create(tx, owner.id, facts));
  if (!made.ok) throw new Error(made.reason);
  return made.pack.id;
};

const aPlaylist = async ({ server: { context }, people: { local }, name }: World): Promise<string> => {
  const owner = await local(name());
  const facts = { title: 'Birds', description: '', visibility: 'public', coverVideoId: null } as const;
  const made = await context.inTx((tx) => context.playlists.create(tx, owner.id, facts));
  if (!made.ok) throw new Error(made.reason);
  return made.id;
};

/** Taken from everybody but its owner, and given back. */
function takenDown(
  noun: 'pack' | 'playlist',
  make: (world: World) => Promise<string>,
): Record<string, CliRun> {
  const isDown = (down: boolean) => async (said: Said, world: World) => {
    const row = await world.server.context.db(`${noun}s`).where({ id: said.words[0] }).first();
    expect(row.taken_down_at !== null).toBe(down);
  };
  return {
    [`${noun} take-down`]: { ...about(make, '--reason', 'It mocks somebody.'), shows: isDown(true) },
    [`${noun} restore`]: {
      ...about(async (world) => {
        const id = await make(world);
        expect((await world.cli(noun, 'take-down', id)).code).toBe(0);
        return id;
      }),
      shows: isDown(false),
    },
  };
}

/** A report that is kept for authorities; it has no files to wait for. */
const heldReport = async (world: World): Promise<string> => {
  const made = await world.cli('hold', 'add', 'report', await reported(world), '--reason', 'Asked for.');
  return String(made.rows[0]?.id);
};

/** What is about posts, and what is reported of them. */
export const posts: Record<string, CliRun> = {
  ...measures('video', (world) => world.video(), [
    'sensitive',
    'comments-off',
    'mute',
    'no-discovery',
    'remove',
  ]),
  ...measures('comment', commented, ['remove']),
  'video retranscode': {
    async words({ storedVideo }) {
      await storedVideo();
      return ['--all'];
    },
    missing: ['9'],
    shows: says('will be made anew'),
  },
  'video verify': { ...about((world) => world.storedVideo(), '--repair'), shows: says('1 objects') },
  'video regenerate-thumbnails': { ...about((world) => world.video()), shows: says('will be made anew') },
  'video purge': { ...about((world) => world.remoteVideo()), shows: says('went') },
  'video move': { ...about((world) => world.video(), '--to', 's3'), code: 1, missing: ['9', '--to', 's3'] },
  'report list': {
    async words(world) {
      await reported(world);
      return ['--state', 'open'];
    },
    shows: lists({ state: 'open', category: 'spam' }),
  },
  'report transparency': {
    async words(world) {
      await reported(world);
      return [];
    },
    shows: lists({ what: 'reports', kind: 'all' }),
  },
  'report show': { ...about(reported), shows: says('Look.') },
  'report assign': about(reported, 'boss'),
  'report resolve': { ...about(reported, '--reason', 'Right.'), shows: says('is resolved') },
  'report reopen': {
    async words(world) {
      const id = await reported(world);
      await world.cli('report', 'resolve', id);
      return [id];
    },
    missing: ['9'],
  },
  'report note': { ...about(reported, 'Seen.'), missing: ['9', 'Seen.'] },
  'rule list': {
    async words(world) {
      await aRule(world);
      return [];
    },
    shows: lists({ action: 'hold' }),
  },
  'rule add': { words: ({ name }) => ['--name', name(), '--words', 'feather*', '--action', 'report'] },
  'rule test': { ...words('--words', 'feather*'), shows: says('Nothing was changed') },
  'rule enable': about(async (world) => {
    const id = await aRule(world);
    await world.cli('rule', 'disable', id);
    return id;
  }),
  'rule disable': about(aRule),
  'rule remove': about(aRule),
  'raid on': { ...words('--hours', '2'), shows: lists({ on: true }) },
  'raid off': { ...words(), shows: lists({ on: false }) },
  'raid status': { ...words(), shows: says('Raid mode is') },
  'hash list': {
    async words(world) {
      await listed(world);
      return [];
    },
    shows: lists({ label: 'listed' }),
  },
  'hash add': {
    ...about(async (world) => {
      const id = await world.video();
      const sha256 = Buffer.from(id.padEnd(32, '.')).toString('hex');
      await world.server.context.db('videos').where({ id }).update({ original_sha256: sha256 });
      return id;
    }),
  },
  'hash add-sound': about(heardSound),
  'sound list': {
    async words(world) {
      await ruledSound(world);
      return ['--standing', 'mute'];
    },
    shows: lists({ rule: 'mute' }),
  },
  'sound show': { ...about(ruledSound), shows: lists({ rule: 'mute', reason: 'Asked for.' }) },
  'sound rule': {
    words: async (world) => [await heardSound(world), 'refuse', '--in', 'de,FR', '--reason', 'Asked for.'],
    missing: ['9', 'refuse'],
    shows: says('It is decided'),
  },
  'sound rights': {
    words: async (world) => [await heardSound(world), '--licence', 'cc-by-4.0', '--isrc', 'de-a12-26-00001'],
    missing: ['9', '--holder', 'Rain Records'],
    shows: says('It is said'),
  },
  'sound usage': {
    async words(world) {
      await heardSound(world);
      return [world.path('usage.csv')];
    },
    shows: says('videos are in'),
  },
  'sound unrule': { ...about(ruledSound), shows: says('taken back') },
  ...takenDown('pack', aPack),
  ...takenDown('playlist', aPlaylist),
  'hash remove': about(listed),
  'hash import': {
    words: async ({ file }) => [await file('list.csv', `sha256,phash,label\n${'ab'.repeat(32)},,bad\n`)],
    shows: lists({ added: 1 }),
  },
  'hash export': { words: ({ path }) => [path('out.csv')] },
  'hold add': {
    async words(world) {
      return ['report', await reported(world), '--reason', 'Asked for.', '--reference', 'AZ 1'];
    },
    missing: ['video', '9', '--reason', 'Asked for.'],
    shows: says('It is held'),
  },
  'hold list': {
    async words(world) {
      await heldReport(world);
      return [];
    },
    shows: lists({ kind: 'report', reason: 'Asked for.' }),
  },
  'hold show': { ...about(heldReport), shows: lists({ path: 'report.json', state: 'kept' }) },
  'hold release': { ...about(heldReport, '--reason', 'Over.'), missing: ['9', '--reason', 'Over.'] },
  'hold export': {
    words: async (world) => [
      await heldReport(world),
      ...['--reason', 'Order of the court.', '--out', world.path('hold.zip')],
    ],
    missing: ['9', '--reason', 'Asked for.', '--out', 'nowhere'],
    shows: says('SHA256SUMS'),
  },
  'hash matches': { ...words(), shows: says('matches') },
  'hash evidence': {
    words: async (world) => {
      const { db, ids, storage } = world.server.context;
      const [id, key] = [ids.next(), 'evidence/1/clip.mp4'];
      await storage.putBytes(key, Buffer.from('a clip'), { contentType: 'video/mp4' });
      await db('listed_media_matches').insert({
        ...{ id, video_id: '1', account_id: '1', found_by: 'file', sha256: 'ab', evidence_key: key },
      });
      return [id, '--reason', 'Asked for.', '--out', world.path('evidence')];
    },
    missing: ['9', '--reason', 'Asked for.', '--out', 'nowhere'],
  },
};
