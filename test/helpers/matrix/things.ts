import type { Tx } from '../../../src/db/database.ts';
import type { VideoId } from '../../../src/lib/ids.ts';
import { operator } from '../../../src/modules/staff/index.ts';
import type { Person } from '../people.ts';
import { storeWatched } from '../watched.ts';
import { strikeOf } from './strikes.ts';
import { type Audience, audiences, type World } from './world.ts';

/** Something that a parameter of a path may name. */
export interface Thing {
  readonly what: string;
  /** By the names of the parameters; `id` stands for those that are not named here. Others are for right bodies. */
  readonly params: Readonly<Record<string, string>>;
  readonly shownTo: readonly Audience[];
}

const ALL = audiences;
const UNBLOCKED = audiences.filter((one) => one !== 'blocked');
const OWNER: readonly Audience[] = ['owner'];

/** Makes things of one kind, new ones each time: all of them of the owner of the world, but for those that the staff has. */
type Make = (world: World) => Promise<Thing[]>;

function marked(world: World, what: string, shownTo: readonly Audience[]): string {
  const word = `mark-${world.next()}-${what.replaceAll(' ', '-')}`;
  world.marks.push({ word, what, shownTo });
  return word;
}

async function videosOf(world: World): Promise<Thing[]> {
  const { videos, owner } = world;
  const made = async (
    what: string,
    shownTo: readonly Audience[],
    facts: Parameters<typeof videos.video>[1],
  ) => {
    const caption = marked(world, what, shownTo);
    const id = await videos.video(owner.account, { ...facts, caption });
    return { what, params: { id }, shownTo };
  };
  return [
    await made('public video', UNBLOCKED, {}),
    await made('unlisted video', UNBLOCKED, { visibility: 'unlisted' }),
    await made('video for followers', OWNER, { visibility: 'followers' }),
    await made('video for nobody', OWNER, { visibility: 'direct' }),
    await made('unfinished video', OWNER, { state: 'received' }),
    await made('refused video', OWNER, { state: 'rejected' }),
  ];
}

async function commentsOf(world: World): Promise<Thing[]> {
  const { videos, owner, deeds } = world;
  const made = async (what: string, shownTo: readonly Audience[], below: VideoId, direct = false) => {
    const visibility = direct ? 'direct' : 'public';
    const id = await deeds.comment(owner.account, below, marked(world, what, shownTo), { visibility });
    return { what, params: { id }, shownTo };
  };
  const open = await videos.video(owner.account, {});
  const secret = await videos.video(owner.account, { visibility: 'followers' });
  return [
    await made('public comment', UNBLOCKED, open),
    await made('comment for nobody', OWNER, open, true),
    await made('comment on a video for followers', OWNER, secret),
  ];
}

/** An object that its owner makes by the API, and whose id it answers. */
async function byApi(world: World, path: string, body: object): Promise<Record<string, string>> {
  const { status, text } = await world.ask('post', path, { as: world.owner, body });
  if (status !== 200) throw new Error(`${path}: ${text}`);
  return JSON.parse(text);
}

async function filterOf(world: World) {
  const made = await byApi(world, '/api/v2/filters', {
    ...{ title: marked(world, 'title of a filter', OWNER), context: ['account'] },
    keywords_attributes: [{ keyword: marked(world, 'word of a filter', OWNER) }],
  });
  const status_id = await world.videos.video(world.friend.account, {});
  const kept = await byApi(world, `/api/v2/filters/${made.id}/statuses`, { status_id });
  const [word] = made.keywords as unknown as { id: string }[];
  return { filter: made.id ?? '', word: word?.id ?? '', kept: kept.id ?? '' };
}

/** Somebody new, of whom the owner is told, or asked. */
const somebody = (world: World, name: string): Promise<Person> =>
  world.people.signedIn(`${name}_${world.next()}`);

async function notified(world: World, filtered: boolean) {
  const fan = await somebody(world, 'fan');
  const [row] = await world.context
    .db('notifications')
    .insert({
      ...{ account_id: world.owner.id, from_account_id: fan.id, type: 'follow', filtered },
      ...{ subject: `follow-${fan.id}`, group_key: `follow-${fan.id}` },
    })
    .returning('id');
  return { fan, id: String(row.id), groupKey: `follow-${fan.id}` };
}

const one = (what: string, params: Record<string, string>, shownTo = OWNER): Thing[] => [
  { what, params, shownTo },
];

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

/** The kinds of things that paths name by an id. */
export const kinds = {
  async account(world) {
    const { id } = await somebody(world, 'star');
    return one('account', { id }, ALL);
  },
  async post(world) {
    return [...(await videosOf(world)), ...(await commentsOf(world))];
  },
  video: videosOf,
  async 'captioned video'(world) {
    const id = await world.videos.video(world.owner.account, {});
    const body = 'WEBVTT\n\n00:00.000 --> 00:01.000\nHello\n';
    const sent = { as: world.owner, body, type: 'text/vtt' };
    const { status, text } = await world.ask('put', `/api/v1/videos/${id}/captions/en`, sent);
    if (status !== 200) throw new Error(text);
    return one('captioned video', { id }, UNBLOCKED);
  },
  async media(world) {
    const { owner, videos } = world;
    const id = await videos.video(owner.account, { state: 'draft', awaitsPost: true });
    const body = { description: marked(world, 'media', OWNER) };
    await world.ask('put', `/api/v1/media/${id}`, { as: owner, body });
    return one('media', { id });
  },
  async scheduled(world) {
    const media = await world.videos.video(world.owner.account, { state: 'draft', awaitsPost: true });
    const status = marked(world, 'scheduled post', OWNER);
    const at = new Date(Date.now() + 3_600_000).toISOString();
    const body = { status, media_ids: [media], scheduled_at: at };
    return one('scheduled post', { id: (await byApi(world, '/api/v1/statuses', body)).id ?? '' });
  },
  async list(world) {
    const body = { title: marked(world, 'title of a list', OWNER) };
    return one('list', { id: (await byApi(world, '/api/v1/lists', body)).id ?? '' });
  },
  async filter(world) {
    return one('filter', { id: (await filterOf(world)).filter });
  },
  async 'word of a filter'(world) {
    return one('word of a filter', { id: (await filterOf(world)).word });
  },
  async 'post in a filter'(world) {
    return one('post in a filter', { id: (await filterOf(world)).kept });
  },
  async notification(world) {
    const { id, groupKey } = await notified(world, false);
    return one('notification', { id, group_key: groupKey });
  },
  async 'notification request'(world) {
    return one('notification request', { id: (await notified(world, true)).fan.id });
  },
  async 'follow request'(world) {
    const fan = await somebody(world, 'fan');
    await world.people.follow(fan.account, world.owner.account, 'pending');
    return one('follow request', { id: fan.id });
  },
  async session(world) {
    const { auth, inTx } = world.context;
    const userAgent = marked(world, 'device', OWNER);
    const session = { accountId: world.owner.id, role: 'user', kind: 'bearer', userAgent } as const;
    const { token } = await inTx((tx) => auth.openSession(tx, session));
    // Named by its id only where its person lists all of them.
    const { text } = await world.ask('get', '/api/v1/sessions', { as: { token } });
    const own = (JSON.parse(text) as { id: string; current: boolean }[]).find(({ current }) => current);
    return one('session', { id: own?.id ?? '' });
  },
  async 'direct upload'(world) {
    const body = { bytes: 10, filename: 'a.mp4', caption: marked(world, 'upload', OWNER) };
    const { id = '', parts } = await byApi(world, '/api/v1/uploads/direct', body);
    const [part] = parts as unknown as { url: string }[];
    const sent = await fetch(part?.url ?? '', { method: 'PUT', body: 'x'.repeat(10) });
    return one('direct upload', { id, etag: sent.headers.get('ETag') ?? '' });
  },
  async word(world) {
    return one('word', { hashtag: `tag${world.next()}`, name: `tag${world.next()}` }, ALL);
  },
  async invite(world) {
    return one('invite', { id: (await byApi(world, '/api/v1/invites', {})).id ?? '' });
  },
  async 'code of an invite'(world) {
    return one('code', { code: (await byApi(world, '/api/v1/invites', {})).code ?? '' }, ALL);
  },
  async import({ context: { db, ids }, owner }) {
    const id = ids.next();
    const done = { kind: 'following', rows: '[]', total: 0, finished_at: new Date() };
    await db('imports').insert({ id, account_id: owner.id, ...done });
    return one('import', { id });
  },
  async passkey(world) {
    const { db, ids } = world.context;
    const id = ids.next();
    const key = { public_key: Buffer.alloc(32), counter: 0, transports: [], synced: false };
    const name = marked(world, 'passkey', OWNER);
    await db('passkeys').insert({ ...{ id, account_id: world.owner.id, credential_id: id, name }, ...key });
    return one('passkey', { id });
  },
  async 'watched video'(world) {
    const id = await world.videos.video(world.friend.account, {});
    const event = { id: `event-${id}`, video_id: id, type: 'view', watched_seconds: 5, source: 'profile' };
    await byApi(world, '/api/v1/events', { events: [event] });
    await storeWatched(world.context);
    return one('watched video', { id });
  },
  async 'comment of somebody'(world) {
    const { videos, owner, friend, deeds } = world;
    const id = await videos.video(owner.account, {});
    const comment_id = await deeds.comment(friend.account, id, 'Nice');
    return one('comment of somebody', { id, comment_id }, UNBLOCKED);
  },
  async 'kind of export'() {
    return one('kind of export', { kind: 'following.csv' }, ALL);
  },
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
  async rule({ context: { db, ids }, next }) {
    const id = ids.next();
    const when = JSON.stringify({ words: ['replica'], fields: [] });
    await db('content_rules').insert({ id, name: `Watches ${next()}`, when, action: 'report' });
    return one('rule', { id }, ALL);
  },
  async 'listed file'({ context: { db, ids }, next }) {
    const id = ids.next();
    await db('listed_media').insert({ id, sha256: String(next()).padStart(64, '1'), distance: 10 });
    return one('listed file', { id }, ALL);
  },
  async 'held post'({ context: { db, ids }, videos, owner }) {
    const video_id = await videos.video(owner.account, { state: 'held' });
    const id = ids.next();
    await db('held_posts').insert({ id, video_id, account_id: owner.id, cause: 'rule' });
    return one('held post', { id }, ALL);
  },
  'dead job': async (world) => one('dead job', { id: await deadJob(world) }, ALL),
  async 'queue of dead jobs'(world) {
    await deadJob(world);
    return one('queue of dead jobs', { queue: 'default' }, ALL);
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

export type KindName = keyof typeof kinds;

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
  const [row] = await world.context
    .db('domain_policies')
    .insert({ domain: `d${world.next()}.test`, severity })
    .returning('id');
  return one(`domain: ${severity}`, { id: String(row.id) }, ALL);
}
