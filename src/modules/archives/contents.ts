import { Readable } from 'node:stream';
import { archiveLimits } from '../../../config/account-limits.ts';
import type { ObjectStorage } from '../../../media/storage/storage.ts';
import type { CommentId, VideoId } from '../../lib/ids.ts';
import type { Page } from '../../lib/paging.ts';
import { type Account, type Accounts, pictureRoles } from '../accounts/index.ts';
import type { Analytics } from '../analytics/index.ts';
import type { Auth } from '../auth/index.ts';
import type { Comment, Comments } from '../comments/index.ts';
import type { Engagement, Share } from '../engagement/index.ts';
import type { Filters } from '../filters/index.ts';
import type { Lists } from '../lists/index.ts';
import type { Notifications } from '../notifications/index.ts';
import { exportKinds, type Portability } from '../portability/index.ts';
import type { Tags } from '../tags/index.ts';
import type { Video, Videos } from '../videos/index.ts';
import { filesOf, type MediaFile } from './media.ts';
import type { ArchiveStage } from './model.ts';
import type { ArchiveEntry } from './zip.ts';

type Json = Readonly<Record<string, unknown>>;

/** What somebody did as ActivityPub says it; the federation side implements it. */
export interface Documents {
  actor(account: Account): Promise<Json | null>;
  videos(list: readonly Video[]): Promise<ReadonlyMap<VideoId, Json>>;
  comments(list: readonly Comment[], author: Account): Promise<ReadonlyMap<CommentId, Json>>;
  shares(list: readonly Share[], author: Account): Promise<ReadonlyMap<string, Json>>;
}

export interface ContentsDeps {
  readonly storage: ObjectStorage;
  readonly accounts: Pick<Accounts, 'byIds'>;
  readonly auth: Pick<Auth, 'preferencesOf' | 'signUpOf'>;
  readonly videos: Pick<Videos, 'ofAccount' | 'countOfAccount' | 'forViewerAmong'>;
  readonly comments: Pick<Comments, 'ofAccount' | 'forViewerAmong'>;
  readonly engagement: Pick<Engagement, 'sharesOf' | 'favouritesOf' | 'bookmarksOf'>;
  readonly lists: Pick<Lists, 'all' | 'members'>;
  readonly filters: Pick<Filters, 'all'>;
  readonly tags: Pick<Tags, 'followedBy' | 'mutedBy' | 'featuredBy'>;
  readonly notifications: Pick<Notifications, 'policyOf'>;
  readonly portability: Pick<Portability, 'csvOf'>;
  readonly analytics: Pick<Analytics, 'copyOfDays'>;
  readonly documents: Documents;
}

const CONTEXT = 'https://www.w3.org/ns/activitystreams';
const { atOnce } = archiveLimits;

/**
 * Every file of somebody's archive, one after the other. All of it is what its owner sees in the own account; of what
 * others wrote it names the addresses alone (security.md P1). `on` hears what is being read, and how much of the media
 * is done: from 0 to 1.
 */
export async function* contentsOf(
  deps: ContentsDeps,
  account: Account,
  on: (stage: ArchiveStage, done: number) => void,
): AsyncGenerator<ArchiveEntry> {
  const modifiedAt = new Date();
  const text = (path: string, parts: () => AsyncIterable<string>): ArchiveEntry => ({
    ...{ path, modifiedAt, size: null },
    open: async () => Readable.from(encoded(parts())),
  });
  const json = (path: string, value: () => Promise<unknown>) =>
    text(path, async function* () {
      yield `${JSON.stringify(await value(), null, 2)}\n`;
    });
  on('lists', 0);
  yield json('actor.json', () => actorOf(deps, account));
  for (const role of pictureRoles) {
    const { key } = account[role];
    if (key !== null) yield* stored(deps, { key, path: pictureAt(role), modifiedAt });
  }
  yield json('settings.json', () => settingsOf(deps, account));
  yield json('filters.json', () => deps.filters.all(account.id));
  yield json('lists.json', () => listsOf(deps, account));
  for (const kind of exportKinds) {
    yield text(`${kind}.csv`, async function* () {
      yield await deps.portability.csvOf(account.id, kind);
    });
  }
  yield text('analytics.csv', () => deps.analytics.copyOfDays(account.id));
  yield text('likes.json', () => collection('likes.json', kept(deps, account, 'favouritesOf')));
  yield text('bookmarks.json', () => collection('bookmarks.json', kept(deps, account, 'bookmarksOf')));
  on('posts', 0);
  yield text('outbox.json', () => collection('outbox.json', outbox(deps, account)));
  yield* media(deps, account, (done) => on('media', done));
}

async function* encoded(parts: AsyncIterable<string>): AsyncGenerator<Buffer> {
  for await (const part of parts) yield Buffer.from(part);
}

async function* stored(
  { storage }: ContentsDeps,
  file: { readonly key: string; readonly path: string; readonly modifiedAt: Date },
): AsyncGenerator<ArchiveEntry> {
  const found = await storage.stat(file.key);
  if (!found) return;
  yield {
    ...{ path: file.path, modifiedAt: file.modifiedAt, size: found.size },
    async open() {
      const opened = await storage.open(file.key);
      // Removed in this moment: the whole is made again.
      if (!opened) throw new Error(`${file.key} is gone.`);
      return opened.stream;
    },
  };
}

const pictureAt = (role: (typeof pictureRoles)[number]) => `${role}.jpg`;

/** The actor as everybody sees it, that points into the archive. */
async function actorOf({ documents }: ContentsDeps, account: Account): Promise<Json> {
  const actor = await documents.actor(account);
  if (!actor) throw new Error(`The account ${account.id} has no actor.`);
  const picture = (role: (typeof pictureRoles)[number]) =>
    account[role].key === null ? null : { type: 'Image', mediaType: 'image/jpeg', url: pictureAt(role) };
  return {
    ...actor,
    ...{ icon: picture('avatar'), image: picture('header') },
    ...{ outbox: 'outbox.json', likes: 'likes.json', bookmarks: 'bookmarks.json' },
  };
}

async function settingsOf(deps: ContentsDeps, account: Account): Promise<Json> {
  const {
    id,
    username,
    createdAt,
    locked,
    discoverable,
    indexable,
    hideCollections,
    showsLikes,
    alsoKnownAs,
  } = account;
  const followedTags: string[] = [];
  for await (const { tag } of paged((page) => deps.tags.followedBy(id, page))) followedTags.push(tag);
  const mutedTags: string[] = [];
  for await (const { tag } of paged((page) => deps.tags.mutedBy(id, page))) mutedTags.push(tag);
  const featuredTags = (await deps.tags.featuredBy(id)).map(({ tag }) => tag);
  return {
    account: { id, username, created_at: createdAt, ...(await deps.auth.signUpOf(id)) },
    profile: {
      display_name: account.displayName,
      note: account.bioText,
      fields: account.fields.map(({ name, value, verifiedAt }) => ({ name, value, verified_at: verifiedAt })),
      ...{ locked, discoverable, indexable },
      ...{ hide_collections: hideCollections, shows_likes: showsLikes, also_known_as: alsoKnownAs },
    },
    posting: await deps.auth.preferencesOf(id),
    notifications: await deps.notifications.policyOf(id),
    ...{ followed_tags: followedTags, muted_tags: mutedTags, featured_tags: featuredTags },
  };
}

async function listsOf(deps: ContentsDeps, { id }: Account): Promise<Json[]> {
  const lists: Json[] = [];
  for (const list of await deps.lists.all(id)) {
    const accounts: string[] = [];
    const members = paged((page) => deps.lists.members(id, list.id, page));
    for await (const batch of batches(members)) {
      const found = await deps.accounts.byIds(batch.map(({ accountId }) => accountId));
      for (const { accountId } of batch) accounts.push(found.get(accountId)?.actorUri ?? '');
    }
    const { title, repliesPolicy, exclusive } = list;
    lists.push({ title, replies_policy: repliesPolicy, exclusive, accounts });
  }
  return lists;
}

/** An ordered collection, written item by item. */
async function* collection(id: string, items: AsyncIterable<unknown>): AsyncGenerator<string> {
  const head = JSON.stringify({ '@context': CONTEXT, id, type: 'OrderedCollection' });
  yield `${head.slice(0, -1)},"orderedItems":[`;
  let total = 0;
  for await (const item of items) {
    yield `${total === 0 ? '' : ',\n'}${JSON.stringify(item)}`;
    total += 1;
  }
  yield `],"totalItems":${total}}\n`;
}

/** The addresses of what somebody likes or keeps, newest first. */
async function* kept(
  deps: ContentsDeps,
  { id }: Account,
  which: 'favouritesOf' | 'bookmarksOf',
): AsyncGenerator<string> {
  for await (const posts of batches(paged((page) => deps.engagement[which](id, page)))) {
    const videoIds = posts.flatMap((post) => ('videoId' in post ? [post.videoId] : []));
    const commentIds = posts.flatMap((post) => ('commentId' in post ? [post.commentId] : []));
    const videos = await deps.videos.forViewerAmong(videoIds, id);
    const comments = await deps.comments.forViewerAmong(commentIds, id);
    for (const post of posts) {
      const found = 'videoId' in post ? videos.get(post.videoId) : comments.get(post.commentId);
      if (found) yield found.uri;
    }
  }
}

interface Posted {
  readonly id: string;
  readonly activity: Json;
}

/** Everything somebody posted, answered and passed on, newest first. */
async function* outbox(deps: ContentsDeps, account: Account): AsyncGenerator<Json> {
  const sources = [videosOf(deps, account), commentsOf(deps, account), sharesOf(deps, account)];
  const heads = await Promise.all(sources.map((source) => source.next()));
  for (;;) {
    let newest = -1;
    for (const [place, head] of heads.entries()) {
      const best = heads[newest];
      if (!head.done && (!best || best.done || isNewer(head.value, best.value))) newest = place;
    }
    const [head, source] = [heads[newest], sources[newest]];
    if (!source || !head || head.done) return;
    yield head.value.activity;
    heads[newest] = await source.next();
  }
}

const isNewer = (a: Posted, b: Posted) => BigInt(a.id) > BigInt(b.id);

async function* videosOf(deps: ContentsDeps, account: Account): AsyncGenerator<Posted> {
  for await (const videos of batches(ownVideos(deps, account))) {
    const activities = await deps.documents.videos(videos);
    for (const video of videos) {
      const activity = activities.get(video.id);
      if (activity) yield { id: video.id, activity: await withFiles(deps, activity, video) };
    }
  }
}

/** The object of an activity with attachments that point into the archive. */
async function withFiles({ storage }: ContentsDeps, activity: Json, video: Video): Promise<Json> {
  const files = await filesOf(storage, video);
  const poster = files.find(({ kind }) => kind === 'poster');
  const attachment = files
    .filter(({ kind }) => kind !== 'poster')
    .map(({ kind, path, mediaType, language }) => ({
      ...{ type: 'Document', mediaType, url: path },
      ...(kind === 'video' && video.altText ? { name: video.altText } : {}),
      ...(kind === 'captions' ? { name: 'captions', hreflang: language } : {}),
      ...(kind === 'video' && poster
        ? { icon: { type: 'Image', mediaType: poster.mediaType, url: poster.path } }
        : {}),
    }));
  return { ...activity, object: { ...(activity.object as Json), attachment } };
}

async function* commentsOf(deps: ContentsDeps, account: Account): AsyncGenerator<Posted> {
  const { id } = account;
  for await (const comments of batches(paged((page) => deps.comments.ofAccount(id, id, page)))) {
    const activities = await deps.documents.comments(comments, account);
    for (const comment of comments) {
      const activity = activities.get(comment.id);
      if (activity) yield { id: comment.id, activity };
    }
  }
}

async function* sharesOf(deps: ContentsDeps, account: Account): AsyncGenerator<Posted> {
  const { id } = account;
  for await (const shares of batches(paged((page) => deps.engagement.sharesOf(id, id, page)))) {
    const activities = await deps.documents.shares(shares, account);
    for (const share of shares) {
      const activity = activities.get(share.id);
      if (activity) yield { id: share.id, activity };
    }
  }
}

async function* media(
  deps: ContentsDeps,
  account: Account,
  on: (done: number) => void,
): AsyncGenerator<ArchiveEntry> {
  const total = await deps.videos.countOfAccount(account.id, account.id);
  let done = 0;
  for await (const video of ownVideos(deps, account)) {
    on(done / Math.max(1, total));
    const files: MediaFile[] = await filesOf(deps.storage, video);
    const modifiedAt = video.publishedAt ?? video.createdAt;
    for (const { key, path } of files) yield* stored(deps, { key, path, modifiedAt });
    done = Math.min(total, done + 1);
  }
  on(1);
}

const ownVideos = (deps: ContentsDeps, { id }: Account) =>
  paged((page) => deps.videos.ofAccount(id, id, page));

/** All of a list that is read in pages, newest first. */
async function* paged<T extends { readonly id: string }>(
  read: (page: Page) => Promise<readonly T[]>,
): AsyncGenerator<T> {
  let maxId: string | null = null;
  for (;;) {
    const rows: readonly T[] = await read({ maxId, minId: null, limit: atOnce });
    yield* rows;
    const last = rows.at(-1);
    if (!last || rows.length < atOnce) return;
    maxId = last.id;
  }
}

async function* batches<T>(items: AsyncIterable<T>): AsyncGenerator<T[]> {
  let batch: T[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length < atOnce) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
