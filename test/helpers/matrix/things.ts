import type { VideoId } from '../../../src/lib/ids.ts';
import type { Person } from '../people.ts';
import { heardIn } from '../sounds.ts';
import { storeWatched } from '../watched.ts';
import { ALL, type Make, OWNER, one, type Thing, UNBLOCKED } from './thing.ts';
import { kindsOfStaff } from './things-of-staff.ts';
import type { Audience, World } from './world.ts';

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

/** A starter pack of somebody nobody follows yet: whoever follows it shall not become a follower of its owner. */
async function packOf(world: World, member?: Person): Promise<string> {
  const body = { title: `Pack ${world.next()}` };
  const { id = '' } = await byApi(world, '/api/v1/packs', body);
  await byApi(world, `/api/v1/packs/${id}/accounts`, {
    account_ids: [(member ?? (await somebody(world, 'star'))).id],
  });
  return id;
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
  async remix({ videos, owner, friend, context }) {
    const id = await videos.video(owner.account, {});
    const remix_id = await videos.video(friend.account, {});
    const columns = { remix_of_id: id, remix_kind: 'duet', remix_consent: 'given' };
    await context.db('videos').where({ id: remix_id }).update(columns);
    return one('remix', { id, remix_id });
  },
  async 'remix request'({ videos, owner, friend, context }) {
    const videoId = await videos.video(owner.account, {});
    const asked = {
      ...{
        kind: 'duet' as const,
        videoId,
        accountId: friend.account.id,
        caption: '',
        remixId: null,
        previewUrl: null,
      },
      ...{ instrumentUri: `https://elsewhere.test/videos/${videoId}`, requestUri: null },
    };
    await context.inTx((tx) => context.remixes.requestLeave(tx, asked));
    const row = await context.db('remix_requests').where({ video_id: videoId }).first('id');
    return one('remix request', { id: row.id });
  },
  async 'captioned video'(world) {
    const id = await world.videos.video(world.owner.account, {});
    const body = 'WEBVTT\n\n00:00.000 --> 00:01.000\nHello\n';
    const sent = { as: world.owner, body, type: 'text/vtt' };
    const { status, text } = await world.ask('put', `/api/v1/videos/${id}/captions/en`, sent);
    if (status !== 200) throw new Error(text);
    return one('captioned video', { id }, UNBLOCKED);
  },
  async sound(world) {
    const { videos, owner, context } = world;
    const made = async (what: string, shownTo: readonly Audience[], facts: object) => {
      const id = await videos.video(owner.account, facts);
      const title = marked(world, what, shownTo);
      await context.db('videos').where({ id }).update({ sound_title: title });
      return { what, params: { id: await heardIn(context, id) }, shownTo };
    };
    return [
      await made('sound of a public video', UNBLOCKED, {}),
      await made('sound of a video for followers', OWNER, { visibility: 'followers' }),
      await made('sound of a video for nobody', OWNER, { visibility: 'direct' }),
    ];
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
  async playlist(world) {
    const video_id = await world.videos.video(world.owner.account, {});
    const made = async (visibility: string, shownTo: readonly Audience[]): Promise<Thing> => {
      const what = `playlist, ${visibility}`;
      const body = { title: marked(world, what, shownTo), visibility, video_ids: [video_id] };
      const { id = '' } = await byApi(world, '/api/v1/playlists', body);
      return { what, params: { id, video_id }, shownTo };
    };
    return [
      await made('public', UNBLOCKED),
      await made('unlisted', UNBLOCKED),
      await made('followers', OWNER),
      await made('private', OWNER),
    ];
  },
  async 'playlist that was taken down'(world) {
    const body = { title: marked(world, 'title of what was taken down', OWNER) };
    const { id = '' } = await byApi(world, '/api/v1/playlists', body);
    await world.context.db('playlists').where({ id }).update({ taken_down_at: new Date() });
    return one('playlist that was taken down', { id });
  },
  async 'save folder'(world) {
    const body = { title: marked(world, 'title of a folder', OWNER) };
    return one('save folder', { id: (await byApi(world, '/api/v1/bookmark_folders', body)).id ?? '' });
  },
  async 'hashtag on a profile'(world) {
    const name = `tag${world.next()}`;
    const made = await byApi(world, '/api/v1/featured_tags', { name });
    // Each has so few places.
    const { db } = world.context;
    await db('featured_tags').where({ account_id: world.owner.id }).whereNot({ id: made.id }).delete();
    return one('hashtag on a profile', { id: made.id ?? '' });
  },
  async pack(world) {
    return one('pack', { id: await packOf(world) }, UNBLOCKED);
  },
  async 'pack that its owner is in'(world) {
    return one('pack that its owner is in', { id: await packOf(world, world.owner) }, UNBLOCKED);
  },
  async 'pack that was taken down'(world) {
    const id = await packOf(world);
    await world.context.db('packs').where({ id }).update({ taken_down_at: new Date() });
    return one('pack that was taken down', { id });
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
  ...kindsOfStaff,
} satisfies Record<string, Make>;

export type KindName = keyof typeof kinds;
