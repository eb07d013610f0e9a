import { expect } from 'vitest';
import { about, type CliRun, lists, measures, says, words } from './run.ts';
import type { World } from './world.ts';

const somebody = ({ somebody: make }: World) => make();
const stateOf = (world: World, username: string) =>
  world.server.context.db('accounts').where({ username }).first('state');

/** What is about those who are here, or want to be. */
export const people: Record<string, CliRun> = {
  'user list': { words: () => ['--inactive', '1'], shows: says('accounts') },
  'user create': {
    words: ({ name }) => [name(), '--role', 'moderator'],
    shows: says('can sign in with the password'),
  },
  'user role': {
    ...about(somebody, 'moderator'),
    missing: ['nobody', 'moderator'],
    shows: says('has the role moderator'),
  },
  'user reset-password': { ...about(somebody), shows: says('can sign in with the password') },
  'user disable-2fa': {
    ...about(async ({ server: { context }, people: { local }, name }) => {
      const account = await local(name());
      await context.inTx((tx) => context.auth.secondFactor.begin(tx, account));
      const confirmed = { confirmed_at: context.db.fn.now() };
      await context.db('second_factors').where({ account_id: account.id }).update(confirmed);
      return account.username;
    }),
    shows: says('the password alone'),
  },
  'user remove-passkeys': {
    ...about(async ({ server: { context }, people: { local }, name }) => {
      const account = await local(name());
      await context.db('passkeys').insert({
        ...{ id: context.ids.next(), account_id: account.id, credential_id: account.id },
        ...{ public_key: Buffer.from('key'), counter: 0, synced: false, name: 'A phone', transports: '{}' },
      });
      return account.username;
    }),
    shows: says('1 passkeys'),
  },
  'user approve': { ...about((world) => world.somebody({ pending: true })), shows: says('can sign in now') },
  'user reject': { ...about((world) => world.somebody({ pending: true })), shows: says('turned away') },
  ...measures('user', somebody, [
    ...['warn', 'sensitive', 'comments-off', 'no-discovery', 'freeze', 'silence', 'suspend', 'delete'],
  ]),
  'user delete': {
    ...about(somebody),
    async shows(said, world) {
      const [username = ''] = said.words;
      expect(await stateOf(world, username)).toEqual({ state: 'deleted' });
    },
  },
  'user quota': {
    ...about(somebody, '--mb', '20'),
    missing: ['nobody'],
    shows: lists({ maxBytes: 20 * 1024 ** 2 }),
  },
  'user export': {
    words: async (world) => [await somebody(world), '--out', world.path(`${world.name()}.zip`)],
    missing: ['nobody'],
    shows: says('holds everything of'),
  },
  'user move-to': {
    async words({ people: { local }, server: { context }, name }) {
      const [from, to] = [await local(name()), await local(name())];
      await context.inTx((tx) => context.accounts.setAliases(tx, to.id, [from.actorUri]));
      return [from.username, to.username];
    },
    missing: ['nobody', 'author'],
    shows: says('goes on as'),
  },
  'user merge': {
    async words({ people: { remote }, name }) {
      const [from, into] = [await remote(name(), 'old.example'), await remote(name(), 'new.example')];
      return [from.acct, into.acct, '--force'];
    },
    missing: ['nobody@far.example', 'author'],
    shows: says('people here follow that one'),
  },
  'joining blocks': {
    async words({ cli }) {
      await cli('joining', 'block-email', 'listed.example');
      return [];
    },
    shows: lists({ what: 'listed.example' }),
  },
  'joining block-email': words('bad.example', '--with-approval'),
  'joining block-ip': words('192.0.2.0/24', '--days', '3'),
  'joining reserve': words('support'),
  'joining unblock': {
    async words({ cli }) {
      await cli('joining', 'reserve', 'soon_free');
      const { rows } = await cli('joining', 'blocks');
      return ['name', String(rows.find(({ what }) => what === 'soon_free')?.id)];
    },
    missing: ['name', '9'],
  },
  'invite create': { ...words('--by', 'boss', '--uses', '2'), shows: says('/invite/') },
  'invite list': { ...words(), shows: says('invites') },
  'invite revoke': {
    async words({ cli }) {
      const made = await cli('invite', 'create', '--by', 'boss');
      return [made.message.split('/').at(-1) ?? ''];
    },
    missing: ['nothing'],
  },
  registrations: words('approval', '--reason', 'Too many.'),
  'audit list': {
    async words({ cli }) {
      await cli('joining', 'reserve', 'on_record');
      return ['--action', 'joining-block'];
    },
    shows: lists({ by: 'command line', action: 'joining-block.add' }),
    missing: ['--by', 'nobody'],
  },
  'audit undo': {
    async words({ cli }) {
      await cli('joining', 'reserve', 'taken_back');
      const { rows } = await cli('audit', 'list', '--action', 'joining-block.add', '--limit', '1');
      return [String(rows[0]?.id), '--reason', 'A mistake.'];
    },
    shows: says('taken back'),
    missing: ['9'],
  },
};
