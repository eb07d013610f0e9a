import { expect } from 'vitest';
import { providerRow } from '../fasp-rows.ts';
import { type CliRun, lists, says, words } from './run.ts';
import type { World } from './world.ts';

const decided = async ({ cli, name }: World): Promise<string> => {
  const domain = `${name()}.example`;
  await cli('domain', 'block', domain);
  return domain;
};
const subscribed = async ({ cli, peer, name }: World): Promise<string> => {
  const made = await cli('domain', 'subscribe', peer.url(`/${name()}.csv`));
  return String(made.rows[0]?.id);
};
const noticed = async ({ server: { context }, name }: World): Promise<string> => {
  const domain = `${name()}.example`;
  await context.db('block_notices').insert({ domain, peers: 3 });
  return domain;
};
const toHost = ({ peer }: World) => [peer.host];

const LISTED = {
  ...{ severity: 'silence', rejectMedia: false, rejectReports: false, obfuscate: false },
  ...{ publicComment: '', privateComment: '' },
};

/** What is about other servers. */
export const servers: Record<string, CliRun> = {
  'federation explain': {
    words: async ({ server: { context }, deadLetter }) => {
      const id = await deadLetter();
      const { activity_id } = await context.db('deliveries').where({ id }).first('activity_id');
      return [(await context.db('activities').where({ id: activity_id }).first('uri')).uri];
    },
    missing: ['https://far.example/none'],
    shows: lists({ state: 'dead' }),
  },
  'federation fetch': { words: ({ carol }) => [carol.id, '--trace'], shows: lists({ step: 'verdict' }) },
  'actor refresh': {
    async words({ cli, carol, server: { context } }) {
      await cli('federation', 'find', carol.handle);
      await context.db('accounts').where({ actor_uri: carol.id }).update({ display_name: 'Old' });
      return [carol.handle];
    },
    missing: ['@nobody@far.example'],
    shows: ({ rows }) => expect(rows).not.toContainEqual(expect.objectContaining({ displayName: 'Old' })),
  },
  'actor rotate-keys': {
    words: async ({ somebody }) => [await somebody(), '--reason', 'It may be known.'],
    missing: ['nobody'],
    shows: lists({ actors: 1 }),
  },
  'feed rebuild': {
    words: async ({ somebody }) => [await somebody()],
    missing: ['nobody'],
    shows: lists({ people: 1 }),
  },
  'inbox replay': {
    words: async ({ server: { context }, carol, name }) => {
      const uri = `${carol.id}/${name()}`;
      await context.db('inbox_activities').insert({
        ...{ id: context.ids.next(), actor_uri: carol.id, activity_uri: uri, host: new URL(uri).host },
        ...{ type: 'Like', body: '{}', state: 'refused', reason: 'a-fault', processed_at: new Date() },
      });
      return [uri];
    },
    missing: ['https://far.example/none'],
    async shows({ words: [uri] }, { server: { context } }) {
      const row = await context.db('inbox_activities').where({ activity_uri: uri }).first();
      expect(row).toMatchObject({ state: 'queued', reason: null, processed_at: null });
      expect(
        await context
          .db('jobs')
          .where({ key: `inbox:${row.host}` })
          .first(),
      ).toBeDefined();
    },
  },
  'federation instances': { ...words(), shows: says('servers') },
  'federation find': { words: ({ carol }) => [carol.handle], shows: says(/^$/) },
  'domain list': {
    async words(world) {
      await decided(world);
      return ['--severity', 'suspend'];
    },
    shows: lists({ severity: 'suspend' }),
  },
  'domain set': {
    words: ({ name }) => [`${name()}.example`, '--severity', 'silence'],
    shows: lists({ severity: 'silence' }),
  },
  'domain block': { words: ({ name }) => [`${name()}.example`], shows: lists({ severity: 'suspend' }) },
  'domain silence': { words: ({ name }) => [`${name()}.example`], shows: lists({ severity: 'silence' }) },
  'domain bulk': {
    words: ({ name }) => [
      `${name()}.example`,
      `${name()}.example`,
      '--severity',
      'silence',
      '--reason',
      'A wave.',
    ],
    missing: ['--software', 'nothing', '--severity', 'silence'],
    shows: says('2 of 2 domains are changed'),
  },
  'domain no-feed': { words: ({ name }) => [`${name()}.example`], shows: lists({ severity: 'no-feed' }) },
  'domain allow': { words: ({ name }) => [`${name()}.example`], shows: lists({ severity: 'allow' }) },
  'domain remove': { words: async (world) => [await decided(world)], missing: ['nobody.example'] },
  'domain unblock': { words: async (world) => [await decided(world)], missing: ['nobody.example'] },
  'domain media': {
    words: ({ name }) => [`${name()}.example`, 'proxy'],
    shows: lists({ mediaMode: 'proxy' }),
  },
  'domain undo': {
    async words({ cli, name }) {
      const { message } = await cli('domain', 'block', `${name()}.example`);
      return [message.split(' ').at(-1) ?? ''];
    },
    missing: ['9'],
    shows: says('as they were before'),
  },
  'domain purge': {
    async words({ people: { remote }, name }) {
      const domain = `${name()}.example`;
      await remote('lena', domain);
      return [domain];
    },
    shows: lists({ accounts: 1 }),
  },
  'domain import': {
    words: async ({ file }) => [await file('blocks.csv', '#domain,#severity\nimported.example,suspend\n')],
    shows: says('1 were added'),
  },
  'domain export': { words: ({ path }) => [path('blocks-out.csv')] },
  'domain subscribe': { words: ({ peer }) => [peer.url('/list.csv')], shows: says('fetched within minutes') },
  'domain subscriptions': { ...words(), shows: says('lists') },
  'domain unsubscribe': { words: async (world) => [await subscribed(world)], missing: ['9'] },
  'domain retry': { words: async (world) => [await subscribed(world)], missing: ['9'] },
  'domain drafts': {
    async words(world) {
      const { db, ids } = world.server.context;
      await db('domain_drafts').insert({
        ...{ id: ids.next(), subscription_id: await subscribed(world), domain: `${world.name()}.example` },
        decision: JSON.stringify(LISTED),
      });
      return ['--accept'];
    },
    shows: says('1 policies were made'),
  },
  'domain exclude': { words: ({ name }) => [`${name()}.example`] },
  'domain watch': { words: ({ peer }) => [peer.host], shows: says('are asked within minutes') },
  'domain watches': {
    async words({ cli, peer }) {
      await cli('domain', 'watch', peer.host);
      return [];
    },
    shows: lists({ chosen: true }),
  },
  'domain unwatch': {
    async words({ cli, peer }) {
      await cli('domain', 'watch', peer.host);
      return [peer.host];
    },
    missing: ['nobody.example'],
    shows: says('is asked no more'),
  },
  'domain notices': {
    words: async (world) => {
      await noticed(world);
      return [];
    },
    shows: lists({ peers: 3 }),
  },
  'domain dismiss-notice': {
    words: async (world) => [await noticed(world)],
    missing: ['nobody.example'],
    async shows({ words: [domain] }, { cli }) {
      expect((await cli('domain', 'notices')).rows).not.toContainEqual(expect.objectContaining({ domain }));
    },
  },
  'domain publish': { ...words('members'), shows: lists({ audience: 'members' }) },
  'instance list': { ...words('--limited'), shows: says('servers') },
  'instance show': {
    async words(world) {
      await world.cli('federation', 'find', world.carol.handle);
      return [world.peer.host];
    },
    missing: ['nobody.example'],
  },
  'instance ping': { words: toHost, code: 1 },
  'instance probe': { words: toHost, code: 1, shows: lists({ step: 'nodeinfo' }) },
  'instance retry': { words: toHost, shows: says('tried now') },
  'discover list': { ...words(), shows: says('something was brought') },
  'discover start': { words: ({ name }) => ['--peer', `${name()}.example`], shows: says('Begun as') },
  'discover stop': { words: async (world) => [await aPack(world)], missing: ['1'] },
  'discover resume': {
    async words(world) {
      const id = await aPack(world);
      await world.cli('discover', 'stop', id);
      return [id];
    },
    missing: ['1'],
  },
  'fasp list': { ...words(), shows: says('wait for an answer') },
  'fasp accept': { words: async (world) => [await aProvider(world, 'waiting')], missing: ['1'] },
  'fasp refuse': { words: async (world) => [await aProvider(world, 'waiting')], missing: ['1'] },
  'fasp remove': { words: async (world) => [await aProvider(world, 'accepted')], missing: ['1'] },
  'fasp callback': { words: async (world) => [await aProvider(world, 'accepted')], missing: ['1'] },
  'fasp enable': {
    words: async (world) => [await aProvider(world, 'accepted'), 'data_sharing'],
    missing: ['1', 'data_sharing'],
  },
  'fasp disable': {
    words: async (world) => [await aProvider(world, 'accepted', { enabled: true }), 'data_sharing'],
    missing: ['1', 'data_sharing'],
  },
  'exchange list': { ...words(), shows: says('servers are asked') },
  'exchange add': { words: ({ name }) => [`${name()}.example`], shows: says('is asked from now on') },
  'exchange pause': { words: async (world) => [await anAsked(world)], missing: ['nobody.example'] },
  'exchange resume': {
    async words(world) {
      const host = await anAsked(world);
      await world.cli('exchange', 'pause', host);
      return [host];
    },
    missing: ['nobody.example'],
  },
  'exchange remove': { words: async (world) => [await anAsked(world)], missing: ['nobody.example'] },
  'relay list': { ...words(), shows: says('relays') },
  'relay add': { words: ({ peer, name }) => [peer.url(`/${name()}/inbox`)], shows: says('is asked') },
  'relay pause': {
    words: async (world) => [await aRelay(world)],
    missing: ['https://nobody.example/inbox'],
  },
  'relay resume': {
    async words(world) {
      const address = await aRelay(world);
      await world.cli('relay', 'pause', address);
      return [address];
    },
    missing: ['https://nobody.example/inbox'],
  },
  'relay remove': {
    async words({ cli, peer, name }) {
      const address = peer.url(`/${name()}/inbox`);
      await cli('relay', 'add', address);
      return [address];
    },
    missing: ['https://nobody.example/inbox'],
  },
};

async function aPack({ cli, name, server: { context } }: World): Promise<string> {
  await context.db('discovery_packs').delete();
  await cli('discover', 'start', '--peer', `${name()}.example`, '--topic', 'birds');
  return (await context.db('discovery_packs').first('id')).id;
}

const aProvider = async (
  { server: { context } }: World,
  state: 'waiting' | 'accepted',
  options: { enabled?: boolean } = {},
): Promise<string> => (await providerRow(context, state, options)).id;

async function anAsked({ cli, name }: World): Promise<string> {
  const host = `${name()}.example`;
  await cli('exchange', 'add', host);
  return host;
}

async function aRelay({ cli, peer, name }: World): Promise<string> {
  const address = peer.url(`/${name()}/inbox`);
  await cli('relay', 'add', address);
  return address;
}
