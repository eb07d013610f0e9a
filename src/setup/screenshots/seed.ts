import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { Context } from '../../context.ts';
import type { CommentId, VideoId } from '../../lib/ids.ts';
import type { Account } from '../../modules/accounts/index.ts';
import { type Client, signIn, until } from '../demo/client.ts';
import { asides, authors, clips, comments, crowd } from './community.ts';
import { drawAvatar, drawHeader, film } from './filming.ts';

/** Of everybody. */
export const PASSWORD = 'a long demo password';
const HOUR_MS = 3_600_000;
const PROCESSING_MS = 300_000;
/** Reports of watching that are under way at once. */
const REPORTS_AT_ONCE = 100;

type Clip = (typeof clips)[number];

/** What the pictures are taken of. */
export interface Seeded {
  /** By the place of the clip in the list. */
  readonly ids: readonly VideoId[];
  readonly files: readonly string[];
  readonly accounts: ReadonlyMap<string, Account>;
}

export interface SeedInput {
  readonly context: Context;
  /** For painting. */
  readonly page: Page;
  /** For files that are made. */
  readonly folder: string;
  /** Has the server believe that it is so many milliseconds earlier. */
  readonly goBack: (ms: number) => void;
  readonly tell: (text: string) => void;
}

/** Fills a server with a community: accounts, clips by the real pipeline, and what people did with them over the last weeks. */
export async function seed(input: SeedInput): Promise<Seeded> {
  const { context, page, folder, tell } = input;
  const accounts = await makeAccounts(context);
  const files = clips.map((_, n) => join(folder, `clip-${n}.mp4`));
  for (const [n, clip] of clips.entries()) {
    await film(page, clip, files[n] ?? '');
    tell(`filmed ${n + 1} of ${clips.length}`);
  }
  const clients = new Map<string, Client>();
  for (const { name } of authors) clients.set(name, await signIn(context.config.origin, name, PASSWORD));
  await dress(clients, files, folder);
  const ids = await publishAll(clients, files, tell);
  const seeded = { ids, files, accounts };
  await react(context, seeded);
  await until('everybody heard of it', () => hasHeard(context));
  await moveToThePast(context, ids);
  await watch(input, ids);
  tell('liked, commented and watched');
  return seeded;
}

async function makeAccounts({ auth, inTx }: Context): Promise<Map<string, Account>> {
  const accounts = new Map<string, Account>();
  // Everybody has the same password, and the same hash of it.
  const form = await auth.prepareSignUp({ username: 'nobody', password: PASSWORD });
  for (const username of [...authors.map(({ name }) => name), ...crowd]) {
    const made = await inTx((tx) =>
      auth.createUser(tx, { ...form, username }, { role: 'user', pending: false }),
    );
    if (!made.ok) throw new Error(made.detail);
    accounts.set(username, made.account);
  }
  return accounts;
}

/** Gives the authors a name, a text and pictures. */
async function dress(
  clients: ReadonlyMap<string, Client>,
  files: readonly string[],
  folder: string,
): Promise<void> {
  for (const { name, title, about, colors } of authors) {
    const avatar = join(folder, `${name}.png`);
    const header = join(folder, `${name}-header.jpg`);
    await drawAvatar(colors, avatar);
    await drawHeader(files[clips.findIndex(({ by }) => by === name)] ?? '', header);
    const form = new FormData();
    form.set('display_name', title);
    form.set('note', about);
    form.set('discoverable', 'true');
    form.set('avatar', new Blob([await readFile(avatar)], { type: 'image/png' }), 'avatar.png');
    form.set('header', new Blob([await readFile(header)], { type: 'image/jpeg' }), 'header.jpg');
    const { origin, token } = clientOf(clients, name);
    const answer = await fetch(`${origin}/api/v1/accounts/update_credentials`, {
      ...{ method: 'PATCH', headers: { Authorization: `Bearer ${token}` }, body: form },
    });
    if (!answer.ok) throw new Error(`The profile of ${name} was refused: ${await answer.text()}`);
  }
}

function clientOf(clients: ReadonlyMap<string, Client>, name: string): Client {
  const client = clients.get(name);
  if (!client) throw new Error(`There is no author called ${name}.`);
  return client;
}

/** Uploads all, the oldest first, and waits until every size of each is there. */
async function publishAll(
  clients: ReadonlyMap<string, Client>,
  files: readonly string[],
  tell: SeedInput['tell'],
): Promise<VideoId[]> {
  const ids: VideoId[] = [];
  const oldestFirst = [...clips.entries()].sort(([, a], [, b]) => b.hours - a.hours);
  for (const [n, clip] of oldestFirst) {
    const client = clientOf(clients, clip.by);
    const id = await client.upload(files[n] ?? '', {
      ...{ filename: `${clip.by}.mp4`, caption: clip.caption, alt_text: clip.alt, language: 'en' },
      ...(clip.sound === undefined ? {} : { sound_title: clip.sound }),
      ...(clip.warning === undefined ? {} : { content_warning: clip.warning, sensitive: 'true' }),
    });
    await until(
      `clip ${n} is published`,
      async () => {
        const { state, done, detail } = await client.processing(id);
        if (state === 'rejected') throw new Error(`A clip was refused: ${detail}`);
        return done;
      },
      PROCESSING_MS,
    );
    ids[n] = id as VideoId;
    tell(`published ${ids.filter(Boolean).length} of ${clips.length}`);
  }
  return ids;
}

async function react(context: Context, { ids, accounts }: Omit<Seeded, 'files'>): Promise<void> {
  const { inTx, social, engagement } = context;
  const all = [...accounts.values()];
  const named = (name: string) => accounts.get(name) as Account;
  for (const [n, { name }] of authors.entries()) {
    // Everybody follows some; the first author, whose pages are shown, has the most followers.
    const followers = all.filter((one, m) => one.username !== name && (m * 7 + n * 3) % (n + 3) !== 0);
    for (const follower of followers) await inTx((tx) => social.follow(tx, follower, named(name)));
  }
  for (const [n, { likes, by }] of clips.entries()) {
    const videoId = ids[n] as VideoId;
    const fans = all.filter(({ username }) => username !== by).slice(-likes);
    for (const fan of fans) await inTx((tx) => engagement.like(tx, fan, { videoId }));
    if (n % 4 === 1)
      await inTx((tx) =>
        engagement.share(tx, named(crowd[n] ?? ''), {
          id: videoId,
          accountId: named(by).id,
          visibility: 'public',
        }),
      );
  }
  const made: CommentId[] = [];
  for (const { by, text, answers } of comments) {
    made.push(
      await say(
        context,
        named(by),
        ids[0] as VideoId,
        text,
        answers === undefined ? null : (made[answers] ?? null),
      ),
    );
  }
  for (const { clip, by, text } of asides) await say(context, named(by), ids[clip] as VideoId, text, null);
}

async function say(
  { inTx, comments: said, videos }: Context,
  author: Account,
  videoId: VideoId,
  text: string,
  parentId: CommentId | null,
): Promise<CommentId> {
  const video = await videos.forViewer(videoId, author.id);
  const parent = parentId === null ? null : await said.forViewer(parentId, author.id);
  if (!video) throw new Error(`${author.username} does not see clip ${videoId}.`);
  const details = { text, contentWarning: '', sensitive: false, language: 'en', mentions: new Map() };
  const made = await inTx((tx) => said.publish(tx, { author, video, parent, visibility: 'public', details }));
  if (!made.ok) throw new Error(made.detail);
  return made.commentId;
}

/** Whether authors were told of all that was said under their clips. */
async function hasHeard({ db }: Context): Promise<boolean> {
  const told = await db('notifications')
    .whereNotNull('comment_id')
    .countDistinct('comment_id as all')
    .first();
  return (
    Number(told?.all) >=
    comments.filter(({ by, answers }) => answers === undefined || by !== clips[0]?.by).length
  );
}

/** All of it was done in a minute: tells it apart as if it had been done when the list says. */
async function moveToThePast({ db }: Context, ids: readonly VideoId[]): Promise<void> {
  for (const [n, { hours }] of clips.entries()) {
    const ago = db.raw(`now() - ? * interval '1 hour'`, [hours]);
    await db('videos')
      .where({ id: ids[n] as VideoId })
      .update({ published_at: ago, created_at: ago });
    const later = `now() - ? * interval '1 hour' * (0.15 + 0.8 * ((videos.id - comments.id) % 97 + 97) / 194.0)`;
    await db.raw(
      `update comments set published_at = ${later} from videos where videos.id = comments.video_id and videos.id = ?`,
      [...[hours, ids[n] as VideoId]],
    );
  }
  const spread = `now() - interval '41 minutes' * power((select max(id) from notifications) - id, 1.2)`;
  await db.raw(`update notifications set created_at = ${spread}`);
  await db.raw(`update accounts set created_at = now() - interval '400 days' where domain = ''`);
}

/** Has people watch, most of them soon after a clip came; told as clients tell it. */
async function watch({ context, goBack }: SeedInput, ids: readonly VideoId[]): Promise<void> {
  for (const [n, clip] of clips.entries()) {
    const moments = Array.from({ length: clip.views }, (_, k) => ((k + 0.5) / clip.views) ** 1.7);
    for (let from = 0; from < moments.length; from += REPORTS_AT_ONCE) {
      const some = moments.slice(from, from + REPORTS_AT_ONCE);
      // Evenings have more of them than mornings.
      goBack(Math.round(clip.hours * HOUR_MS * (1 - (some[0] ?? 0)) * 0.98));
      await Promise.all(some.map((_, k) => playback(context, clip, ids[n] as VideoId, from + k)));
    }
  }
  goBack(0);
}

const SOURCES = ['for_you', 'for_you', 'following', 'profile', 'for_you', 'tag', 'search', 'local'] as const;

/** Somebody who is not signed in watches once; how much of it differs by person, and by clip. */
async function playback(context: Context, clip: Clip, videoId: VideoId, nth: number): Promise<void> {
  const lengthMs = 6_000;
  const part = Math.min(1, 0.25 + ((nth * 37 + clip.hours) % 100) / 90);
  const source = SOURCES[(nth + clip.likes) % SOURCES.length] ?? ('other' as const);
  const mask = ((1n << BigInt(Math.max(1, Math.round(part * 64)))) - 1n).toString(16).padStart(16, '0');
  const network = `198.${nth >> 14}.${(nth >> 7) & 127}.${nth & 127}`;
  const common = { videoId, at: null, source, watchedMs: Math.round(lengthMs * part) };
  const outcome = await context.watching.report({
    ...{ watcher: { accountId: null, visitor: network }, network },
    events: [
      { ...common, id: randomUUID(), kind: 'view', mask: null },
      { ...common, id: randomUUID(), kind: part === 1 ? 'complete' : 'watch', mask },
      ...(part === 1 ? [{ ...common, id: randomUUID(), kind: 'watch' as const, mask }] : []),
    ],
  });
  if (typeof outcome === 'string') throw new Error(`The server did not take what was watched: ${outcome}.`);
}
