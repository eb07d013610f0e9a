import { quarantineKey } from '../../../media/keys.ts';
import type { Tx } from '../../../src/db/database.ts';
import type { InviteId, LegalHoldId } from '../../../src/lib/ids.ts';
import { announcementInputSchema } from '../../../src/modules/announcements/index.ts';
import { operator } from '../../../src/modules/staff/index.ts';
import { addressOf, claimBody, counterBody } from '../claims.ts';
import { providerRow } from '../fasp-rows.ts';
import { ALL, type Make, OWNER, one, type Thing } from './thing.ts';
import type { World } from './world.ts';

/** Something the staff told the owner of. */
async function strikeOf({ context, owner }: World) {
  const { inTx, measures } = context;
  const target = { kind: 'account', id: owner.id } as const;
  const taken = await inTx((tx) => measures.take(tx, operator, { target, measure: 'warn', facts: 'Hm.' }));
  if (!taken.ok || taken.measureId === null) throw new Error('Nobody was warned.');
  return { id: taken.measureId, accountId: owner.id };
}

const tokenIn = (link: string): string => new URL(link).searchParams.get('token') ?? '';

/** A claim against a video of the owner that waits for a decision. */
async function claimed({ context, owner, videos, next }: World) {
  const video = await videos.video(owner.account, {});
  const { acts_as, good_faith, accurate, ...body } = claimBody([await addressOf(context, video)]);
  const email = `claimant${next()}@rights.example`;
  const claim = { ...body, email, address: '', actsAs: 'owner' } as const;
  const filed = await context.inTx((tx) => context.claims.file(tx, claim));
  if (!filed.ok) throw new Error(filed.detail);
  await context.inTx((tx) => context.claims.confirm(tx, filed.claim.id));
  return filed.claim;
}

/** One that was upheld, and what the owner answers to it where that is asked for. */
async function upheldClaim(world: World, isAnswered = false) {
  const { claims, inTx } = world.context;
  const { id } = await claimed(world);
  await inTx((tx) =>
    claims.uphold(tx, operator, { claimId: id, answer: '', keepAway: false, sounds: 'mute' }),
  );
  const [video] = (await claims.videosAmong([id])).get(id) ?? [];
  if (!video?.measureId) throw new Error('Nothing was removed.');
  const { mistaken, jurisdiction, ...notice } = counterBody;
  const answered = isAnswered
    ? await inTx((tx) => claims.counter(tx, { ...notice, claimId: id, accountId: world.owner.id }))
    : null;
  return { id, measureId: video.measureId, counterId: answered?.ok ? answered.counter.id : '' };
}

const joiningOf = ({ context }: World) => context.staff.joining;

/** Something that is refused of those who join. */
async function blocked(
  { context }: World,
  add: (tx: Tx) => ReturnType<World['context']['staff']['joining']['blockEmailDomain']>,
): Promise<{ id: string }> {
  const made = await context.inTx(add);
  if (!made.ok) throw new Error(made.detail);
  return { id: made.id };
}

/** What only the staff works on, and what it tells people. */
export const kindsOfStaff = {
  async 'blocked e-mail domain'(world) {
    const domain = `mail${world.next()}.test`;
    return one(
      'domain',
      await blocked(world, (tx) => joiningOf(world).blockEmailDomain(tx, operator, domain, false)),
      ALL,
    );
  },
  async 'blocked network'(world) {
    const ip = `2001:db8:${world.next().toString(16)}::/48`;
    const block = { ip, severity: 'sign_up_block', comment: '', expiresAt: null } as const;
    return one('network', await blocked(world, (tx) => joiningOf(world).blockIp(tx, operator, block)), ALL);
  },
  async 'reserved name'(world) {
    const name = `kept_${world.next()}`;
    return one(
      'name',
      await blocked(world, (tx) => joiningOf(world).reserveName(tx, operator, name, '')),
      ALL,
    );
  },
  async 'staff role'(world) {
    const { inTx, staff } = world.context;
    const role = { name: `Role ${world.next()}`, permissions: ['reports' as const], rank: 10 };
    const made = await inTx((tx) => staff.roles.create(tx, operator, role));
    if (!made.ok) throw new Error(made.detail);
    return one('role', { id: made.id }, ALL);
  },
  async 'account to act on'(world) {
    const { id } = await world.people.local(`noisy_${world.next()}`);
    return one('account to act on', { id }, ALL);
  },
  async 'video to act on'({ videos, owner }) {
    return one('video to act on', { id: await videos.video(owner.account, {}) }, ALL);
  },
  async 'comment to act on'({ videos, owner, deeds }) {
    const below = await videos.video(owner.account, {});
    return one('comment to act on', { id: await deeds.comment(owner.account, below, 'Hm.', {}) }, ALL);
  },
  measure: async (world) => one('measure', { id: (await strikeOf(world)).id }, ALL),
  async appeal(world) {
    const { id: measureId, accountId } = await strikeOf(world);
    const said = await world.context.inTx((tx) =>
      world.context.measures.appeal(tx, { measureId, accountId, text: 'It was not me.' }),
    );
    if (!said.ok) throw new Error(said.detail);
    return one('appeal', { id: said.appealId }, ALL);
  },
  strike: async (world) => one('strike', { id: (await strikeOf(world)).id }, OWNER),
  async 'decision by its link'(world) {
    const link = new URL(world.context.measures.appealLink((await strikeOf(world)).id));
    return one('decision by its link', { token: link.searchParams.get('token') ?? '' }, ALL);
  },
  async claim(world) {
    return one('claim', { id: (await claimed(world)).id }, ALL);
  },
  async 'claim by its link'(world) {
    const { id, counterId } = await upheldClaim(world, true);
    return one(
      'claim by its link',
      { token: tokenIn(world.context.claims.linkOf({ id })), counter: counterId },
      ALL,
    );
  },
  async 'rejected claim'(world) {
    const { id } = await claimed(world);
    await world.context.inTx((tx) => world.context.claims.reject(tx, operator, { claimId: id, answer: '' }));
    return one('rejected claim', { id }, ALL);
  },
  'upheld claim': async (world) => one('upheld claim', { id: (await upheldClaim(world)).id }, ALL),
  async 'counter-notice'(world) {
    const { id: claim, counterId: id } = await upheldClaim(world, true);
    return one('counter-notice', { id, claim }, ALL);
  },
  'claimed strike': async (world) =>
    one('claimed strike', { id: (await upheldClaim(world)).measureId }, OWNER),
  async 'claimed decision by its link'(world) {
    const link = world.context.measures.appealLink((await upheldClaim(world)).measureId);
    return one('claimed decision by its link', { token: tokenIn(link) }, ALL);
  },
  async 'sign-up'(world) {
    const { id } = await world.people.local(`hopeful_${world.next()}`, { pending: true });
    return one('sign-up', { id }, ALL);
  },
  async 'dead letter'({ context: { db, ids }, owner, next }) {
    const uri = `https://video.example/activities/${next()}`;
    const [activity] = await db('activities')
      .insert({
        id: ids.next(),
        uri,
        account_id: owner.id,
        type: 'Create',
        object_uri: '',
        body: '{}',
        digest: '',
      })
      .returning(['id as activity_id', 'position', 'account_id']);
    const to = {
      inbox_uri: 'https://a.example/inbox',
      host: 'a.example',
      state: 'dead',
      finished_at: new Date(),
    };
    const [row] = await db('deliveries')
      .insert({ ...activity, ...to })
      .returning('id');
    return one('dead letter', { id: String(row.id) }, ALL);
  },
  async report(world) {
    return one('report', { id: await reportOf(world) }, ALL);
  },
  async 'reported account'(world) {
    await reportOf(world);
    return one('reported account', { id: world.owner.id }, ALL);
  },
  async 'report with evidence'(world) {
    const { db, ids, storage } = world.context;
    const [id, key] = [ids.next<'evidence'>(), `evidence/${world.next()}/sheet-frames.jpg`];
    await storage.putBytes(key, Buffer.from([0xff, 0xd8]), { contentType: 'image/jpeg' });
    await db('report_evidence').insert({
      ...{
        id,
        report_id: await reportOf(world),
        post_kind: 'video',
        post_id: id,
        post_uri: 'https://a.example/1',
      },
      ...{ post_created_at: new Date(), frames_state: 'kept', sheet_key: key },
    });
    return one('report with evidence', { id }, ALL);
  },
  async announcement({ context: { inTx, announcements }, next }) {
    const said = announcementInputSchema.parse({ text: `News ${next()}`, publish_at: 'now' });
    const made = await inTx((tx) => announcements.add(tx, operator, said));
    if (!made.ok) throw new Error(made.detail);
    return one('announcement', { id: made.announcement.id, name: '🎉' }, ALL);
  },
  async rule({ context: { db, ids }, next }) {
    const id = ids.next();
    const when = JSON.stringify({ words: ['replica'], fields: [] });
    await db('content_rules').insert({ id, name: `Watches ${next()}`, when, action: 'report' });
    return one('rule', { id }, ALL);
  },
  async 'ruled sound'({ context: { db, ids } }) {
    const id = ids.next();
    await db('sounds').insert({ id });
    await db('sound_rules').insert({ sound_id: id, action: 'refuse' });
    return one('ruled sound', { id }, ALL);
  },
  async 'listed file'({ context: { db, ids }, next }) {
    const id = ids.next();
    await db('listed_media').insert({ id, sha256: String(next()).padStart(64, '1'), distance: 10 });
    return one('listed file', { id }, ALL);
  },
  'match of the hash list': async (world) => one('match', await matchOf(world), ALL),
  /** The admin has said why. */
  async 'opened match of the hash list'(world) {
    const { id } = await matchOf(world);
    const opened = await world.context.inTx((tx) =>
      world.context.hashes.openEvidence(
        tx,
        {
          kind: 'person',
          accountId: world.as.admin?.id ?? world.owner.id,
          rank: 500,
          permissions: ['rules'],
        },
        { id, reason: 'To be sure.' },
      ),
    );
    if (!opened.ok) throw new Error(opened.detail);
    return one('opened match', { id }, ALL);
  },
  'legal hold': async (world) => one('legal hold', { id: await holdOf(world) }, ALL),
  async 'released legal hold'(world) {
    const id = await holdOf(world);
    const { inTx, legalHolds } = world.context;
    const released = await inTx((tx) => legalHolds.release(tx, operator, { id, reason: 'Over.' }));
    if (!released.ok) throw new Error(released.detail);
    return one('released legal hold', { id }, ALL);
  },
  /** The admin has said why. */
  async 'exported legal hold'(world) {
    const id = await holdOf(world);
    const by = {
      kind: 'person',
      ...{ accountId: world.as.admin?.id ?? world.owner.id, rank: 500 },
      permissions: ['legal'],
    } as const;
    const { inTx, legalHolds } = world.context;
    const begun = await inTx((tx) => legalHolds.beginExport(tx, by, { id, reason: 'The court says so.' }));
    if (!begun.ok) throw new Error(begun.detail);
    return one('exported legal hold', { id }, ALL);
  },
  'invite to end': async (world) => one('invite', { id: await inviteOf(world) }, ALL),
  async 'ended invite'(world) {
    const id = await inviteOf(world);
    await world.context.inTx((tx) => world.context.auth.invites.end(tx, operator, id));
    return one('ended invite', { id }, ALL);
  },
  async 'held post'({ context: { db, ids }, videos, owner }) {
    const video_id = await videos.video(owner.account, { state: 'held' });
    const id = ids.next();
    await db('held_posts').insert({ id, video_id, account_id: owner.id, cause: 'rule' });
    return one('held post', { id, video: video_id }, ALL);
  },
  'dead job': async (world) => one('dead job', { id: await deadJob(world) }, ALL),
  async 'queue of dead jobs'(world) {
    await deadJob(world);
    return one('queue of dead jobs', { queue: 'default' }, ALL);
  },
  'running pack': (world) => packOf(world, 'running'),
  'stopped pack': (world) => packOf(world, 'stopped'),
  'asked server': (world) => askedServer(world, 'asked server', null),
  'paused asked server': (world) => askedServer(world, 'paused asked server', new Date()),
  'waiting provider': (world) => providerOf(world, 'waiting'),
  'accepted provider': (world) => providerOf(world, 'accepted'),
  relay: (world) => relayOf(world, 'relay', null),
  'paused relay': (world) => relayOf(world, 'paused relay', new Date()),
  async 'picture of the server'({ context: { db, branding }, next }) {
    const row = { role: 'banner', width: 2, height: 1, updated_at: new Date() };
    const picture_key = `media/1/${String(next()).padStart(24, '0')}-banner.jpg`;
    await db('instance_pictures')
      .insert({ ...row, picture_key })
      .onConflict('role')
      .merge();
    branding.forget();
    return one('picture of the server', { role: 'banner' }, ALL);
  },
  async 'running queue'({ context: { db } }) {
    await db('queue_pauses').delete();
    return one('running queue', { queue: 'mail' }, ALL);
  },
  async 'paused queue'({ context: { db } }) {
    await db('queue_pauses').insert({ queue: 'mail' }).onConflict('queue').ignore();
    return one('paused queue', { queue: 'mail' }, ALL);
  },
  'blocked domain': (world) => policyOf(world, 'suspend'),
  'allowed domain': (world) => policyOf(world, 'allow'),
  async 'trending video'({ videos, owner }) {
    return one('trending video', { id: await videos.video(owner.account, {}) }, ALL);
  },
  'trending account': async ({ owner }) => one('trending account', { id: owner.id }, ALL),
  async 'trending sound'({ context: { db }, next }) {
    const subject = `sound${next()}`;
    await db('trend_decisions').insert({ of: 'sounds', subject, standing: 'held' });
    return one('trending sound', { id: subject }, ALL);
  },
  async 'domain in trends'({ context: { db }, next }) {
    const host = `far${next()}.test`;
    await db('instances').insert({ host });
    return one('domain', { domain: host }, ALL);
  },
  async 'known server'({ context: { db }, next }) {
    const host = `known${next()}.test`;
    await db('instances').insert({ host });
    return one('known server', { host }, ALL);
  },
  async 'followed list of domains'({ context: { db, ids }, next }) {
    const id = ids.next<'subscription'>();
    await db('domain_subscriptions').insert({ id, url: `https://lists.test/${next()}` });
    return one('followed list of domains', { id }, ALL);
  },
} satisfies Record<string, Make>;

/** A report about the owner, taken by nobody. */
async function reportOf({ context, owner, friend }: World): Promise<string> {
  const filed = await context.inTx((tx) =>
    context.moderation.file(tx, {
      ...{ reporterId: friend.id, targetId: owner.id, videoIds: [], commentIds: [] },
      ...{ comment: 'Rude', forward: false, byServer: true },
    }),
  );
  if (!filed.ok) throw new Error(filed.detail);
  return filed.reportId;
}

/** A report that is kept for authorities. */
async function holdOf(world: World): Promise<LegalHoldId> {
  const { inTx, legalHolds } = world.context;
  const input = {
    target: { kind: 'report', id: await reportOf(world) },
    reason: 'Asked.',
    reference: '',
  } as const;
  const made = await inTx((tx) => legalHolds.add(tx, operator, input));
  if (!made.ok) throw new Error(made.detail);
  return made.holdId;
}

/** A video that was kept away, with its file. */
async function matchOf({ context: { db, ids, storage }, videos, owner, next }: World) {
  const [id, video] = [ids.next<'listed-match'>(), await videos.video(owner.account, {})];
  const key = quarantineKey(video);
  await storage.putBytes(key, Buffer.from('a video'), { contentType: 'application/octet-stream' });
  await db('listed_media_matches').insert({
    ...{ id, video_id: video, account_id: owner.id, found_by: 'file', evidence_key: key },
    sha256: String(next()).padStart(64, '2'),
  });
  return { id, video };
}

async function inviteOf({ context: { db, ids }, owner, next }: World): Promise<InviteId> {
  const id = ids.next<'invite'>();
  await db('invites').insert({ id, account_id: owner.id, code: `code${next()}` });
  return id;
}

/** A job that used all its tries. */
async function deadJob({ context: { db, ids } }: World): Promise<string> {
  const id = ids.next();
  await db('jobs').insert({
    id,
    name: 'media.purge',
    queue: 'default',
    payload: '{}',
    state: 'dead',
    died_at: new Date(),
  });
  return id;
}

async function policyOf(world: World, severity: 'suspend' | 'allow'): Promise<Thing[]> {
  const domain = `d${world.next()}.test`;
  const [row] = await world.context.db('domain_policies').insert({ domain, severity }).returning('id');
  return one(`domain: ${severity}`, { id: String(row.id), domain }, ALL);
}

async function packOf({ context: { db, ids } }: World, state: 'running' | 'stopped') {
  await db('discovery_packs').delete();
  const id = ids.next<'discovery-pack'>();
  const chosen = { topics: ['birds'], hosts: ['far.test'], accounts: [], max_videos: 60 };
  await db('discovery_packs').insert({ id, state, ...chosen });
  return one(`${state} pack`, { id }, ALL);
}

async function askedServer({ context: { db, ids }, next }: World, what: string, paused_at: Date | null) {
  await db('exchange_peers').delete();
  const id = ids.next<'exchange-peer'>();
  const host = `asked${next()}.test`;
  await db('exchange_peers').insert({ id, host, paused_at, next_at: new Date() });
  return one(what, { id, host }, ALL);
}

async function providerOf({ context }: World, state: 'waiting' | 'accepted') {
  return one(`${state} provider`, { ...(await providerRow(context, state)) }, ALL);
}

async function relayOf({ context: { db, ids }, next }: World, what: string, paused_at: Date | null) {
  await db('relays').delete();
  const id = ids.next<'relay'>();
  const address = `https://relay${next()}.test`;
  await db('relays').insert({
    ...{ id, kind: 'mastodon', state: 'accepted', paused_at },
    ...{ inbox_uri: `${address}/inbox`, actor_uri: `${address}/actor`, follow_uri: `${address}/follow` },
  });
  return one(what, { id, inbox: `${address}/inbox` }, ALL);
}
