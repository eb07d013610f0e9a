import { expect } from 'vitest';
import { ffmpegRaw } from '../media-samples.ts';
import { about, type CliRun, lists, says, words } from './run.ts';
import type { World } from './world.ts';

const announced = async ({ cli }: World): Promise<string> =>
  String((await cli('announce', 'add', 'Hello.')).rows[0]?.id);

/** A green square. */
async function aPicture(path: World['path']): Promise<string> {
  const file = path('picture.png');
  await ffmpegRaw('-f', 'lavfi', '-i', 'color=green:s=64x64', '-frames:v', '1', '-update', '1', file);
  return file;
}

const work: Record<string, CliRun> = {
  'queue stats': { ...words(), shows: lists({ queue: 'default' }) },
  'queue workers': { ...words(), code: 1, shows: says('No worker lives') },
  'queue list': { ...words('--queue', 'media'), shows: says('jobs') },
  'queue dlq': {
    async words({ deadJob }) {
      await deadJob();
      return [];
    },
    shows: lists({ lastError: 'It broke.' }),
  },
  'queue retry': {
    words: async ({ deadJob }) => [await deadJob()],
    missing: ['9'],
    shows: lists({ count: 1 }),
  },
  'queue discard': {
    words: async ({ deadJob }) => [await deadJob()],
    missing: ['9'],
    shows: lists({ count: 1 }),
  },
  'queue pause': {
    words: () => ['mail'],
    async shows(_, { cli }) {
      await cli('queue', 'resume', 'mail');
    },
  },
  'queue resume': {
    async words({ cli }) {
      await cli('queue', 'pause', 'mail');
      return ['mail'];
    },
  },
  'queue drain': {
    words: () => ['mail', '--minutes', '1'],
    async shows(said, { cli }) {
      expect(said.message).toContain('None run');
      await cli('queue', 'resume', 'mail');
    },
  },
  'queue rebuild': { ...words(), shows: says('scheduled again') },
  'delivery dead': {
    async words({ deadLetter, peer }) {
      await deadLetter();
      return ['--host', peer.host];
    },
    shows: lists({ lastError: 'No.' }),
  },
  'delivery show': about(({ deadLetter }) => deadLetter()),
  'delivery hosts': { ...words(), shows: says('servers fail') },
  'delivery retry': { ...about(({ deadLetter }) => deadLetter()), shows: lists({ count: 1 }) },
  'delivery discard': { ...about(({ deadLetter }) => deadLetter()), shows: lists({ count: 1 }) },
  'mail test': { ...words('ana@mail.test'), shows: says('took a message') },
};

const stored: Record<string, CliRun> = {
  'media usage': {
    async words({ storedVideo }) {
      await storedVideo();
      return [];
    },
    shows: says('Copies of videos'),
  },
  'media retention': { ...words('--run', 'sessions'), shows: says('went') },
  'media prune': { ...words('--remote', '--days', '1'), shows: says('went') },
  // Videos of these tests have rows and no files, but for those that say so.
  'media orphans': {
    async words({ video }) {
      await video();
      return ['--fix'];
    },
    ...{ code: 1, tried: 0, shows: says('orphans') },
  },
  'media lookup': { ...about((world) => world.storedVideo()), shows: says('of this server') },
  'media transcribe': {
    words: async (world) => [await world.video()],
    code: 1,
    shows: says('TRANSCRIPTION_URL'),
  },
  'storage move': { ...words('--to', 's3'), code: 1, shows: says('S3_ENDPOINT') },
  'storage check': { ...words('--repair', '--prefix', 'media/'), code: 1, shows: says('were read') },
  'announce add': { ...words('We move on Sunday.'), shows: lists({ state: 'shown' }) },
  'announce list': {
    async words(world) {
      await announced(world);
      return [];
    },
    shows: lists({ text: 'Hello.' }),
  },
  'announce end': { ...about(announced), shows: says('Nobody sees it') },
  'announce publish': {
    ...about(async (world) => {
      const id = await announced(world);
      await world.cli('announce', 'end', id);
      return id;
    }),
    shows: says('Everybody sees it'),
  },
  'announce remove': { ...about(announced), shows: says('deleted') },
  'announce undo': {
    ...about(async (world) => {
      const { message } = await world.cli('announce', 'end', await announced(world));
      return message.split(' ').at(-1) ?? '';
    }),
    shows: says('as it was before'),
  },
  'classifier secret': {
    ...words(),
    shows: ({ rows }) => expect(String(rows[0]?.secret)).toMatch(/^.{20,}$/),
  },
  'classifier status': { ...words(), shows: says('CLASSIFIER_URL') },
  'classifier test': { ...words(), code: 1 },
  'ranking show': { ...words(), shows: says('Version') },
  'ranking set': { ...words('weights.trending=0.3'), shows: says('Version') },
  'ranking reset': { ...words(), shows: says('defaults') },
  'maintenance lock': {
    words: () => ['on', '--note', 'Back at noon.'],
    async shows(said, { cli }) {
      lists({ locked: true, note: 'Back at noon.' })(said);
      expect((await cli('maintenance', 'lock', 'off')).message).toContain('open');
    },
  },
  'maintenance fix-duplicates': {
    async words({ cli }) {
      await cli('maintenance', 'lock', 'on');
      return [];
    },
    async shows(said, { cli }) {
      says('Nothing is there twice')(said);
      await cli('maintenance', 'lock', 'off');
    },
  },
  'maintenance vacuum': { ...words('--all'), shows: lists({ table: 'accounts' }) },
  'counters recount': { ...words(), shows: says('were counted') },
  'search reindex': { ...words(), shows: says('can be found') },
  'branding list': {
    async words({ cli, path }) {
      await cli('branding', 'set', 'banner', await aPicture(path));
      return [];
    },
    shows: lists({ picture: 'banner' }),
  },
  'branding set': {
    words: async ({ path }) => ['icon', await aPicture(path)],
    shows: says('512 × 512'),
  },
  'branding remove': {
    async words({ cli, path }) {
      await cli('branding', 'set', 'logo', await aPicture(path));
      return ['logo'];
    },
    shows: says('audit undo'),
  },
  'settings list': { ...words(), shows: lists({ name: 'INSTANCE_NAME' }) },
  'settings get': { ...words('INSTANCE_NAME'), missing: ['NOTHING'] },
  'settings set': { ...words('INSTANCE_NAME', 'Ours'), shows: lists({ value: 'Ours' }) },
  'settings reset': words('INSTANCE_NAME'),
  'settings export': words(),
  'backup create': { ...words('--media', 'none'), shows: says('rows') },
  'backup list': {
    async words({ cli }) {
      await cli('backup', 'create', '--media', 'none');
      return [];
    },
    shows: says('backups'),
  },
  'backup verify': { ...words('--no-media'), shows: says('as it should be') },
  'backup rehearse': { ...words(), shows: says('can be restored') },
  // The database is not empty: it must say so, and touch nothing. What it does is in backups.test.ts.
  'backup restore': { ...words(), code: 1, shows: says('--replace') },
  // The server of these tests runs. What it does is in secret-change.test.ts.
  'secrets rotate': { ...words(), tried: 0, code: 1, shows: says('The server runs') },
  // These tests need their accounts. What it does is in self-destruct.test.ts.
  'self-destruct': {
    ...words('--domain', 'other.example'),
    tried: 0,
    code: 2,
    shows: says('is not the domain'),
  },
  'cache clear': { ...words(), shows: lists({ kind: 'trends' }) },
  // The server of these tests has an owner. What it does is in setup-cli.test.ts.
  setup: { ...words('--owner', 'ana'), code: 1, shows: says('has an owner') },
  'migrate status': { ...words(), shows: lists({ migration: '0001_accounts', state: 'done' }) },
  'migrate run': { ...words(), shows: says('up to date') },
  doctor: { ...words('--quiet'), code: 1, shows: lists({ level: 'fault' }) },
};

/** What is about this server itself: its work, what it stores, how it is set. */
export const machine = { ...work, ...stored };
