import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { type Client, signUp, until } from '../../src/setup/demo/client.ts';
import { clip, corpusFile } from '../../test/helpers/media-samples.ts';

const PASSWORD = 'the password of everybody';
const PEOPLE = 20;
const PEOPLE_ELSEWHERE = 5;
/** Whom each follows: so many of here, and so many of elsewhere; and whom each of elsewhere follows here. */
const [FOLLOWS_HERE, FOLLOWS_ELSEWHERE, FOLLOWED_FROM_ELSEWHERE] = [10, 3, 8];
/** Every so many minutes somebody elsewhere uploads, too: what followers here get is copied. */
const ELSEWHERE_EVERY = 5;
const WAIT_MS = 900_000;
const WATCHING_MS = 6_000;
/** Real recordings of several cameras, codecs and containers. */
const RECORDINGS = [
  ...['ax_rotated270_cut.mp4', 'intel_car_cut.mp4', 'ax_hdr10-av1.mp4', 'mdn_rabbit320.webm'],
  ...['ax_hlg_rot90_cut.mp4', 'intel_bottle-detection.mp4', 'ax_sowt-with-video.mov', 'ax_sample.avi'],
];

const feedPage = z.object({
  videos: z.array(
    z.object({
      ...{ id: z.string(), poster_url: z.string().nullable(), duration: z.number().nullable() },
      playback_urls: z.object({ hls: z.string().nullable(), mp4: z.string().nullable() }),
    }),
  ),
  next_cursor: z.string().nullable(),
});

/** The people of a server and of the one beside it. */
export interface Community {
  readonly here: readonly Client[];
  readonly elsewhere: readonly Client[];
  readonly follows: number;
}

/** What people did, counted. */
export interface Deeds {
  uploads: number;
  published: number;
  copied: number;
  watched: number;
  likes: number;
  comments: number;
  /** What went wrong, in words. */
  readonly failures: string[];
  /** How long from an upload until it was published, in seconds. */
  readonly waits: number[];
}

/** Twenty people and their follows, a third of them across two servers. */
export async function gather(origin: string, otherOrigin: string): Promise<Community> {
  const join = async (at: string, name: string, count: number) => {
    const all: Client[] = [];
    for (let n = 0; n < count; n += 1) all.push(await signUp(at, `${name}${n}`, PASSWORD));
    return all;
  };
  const here = await join(origin, 'person', PEOPLE);
  const elsewhere = await join(otherOrigin, 'neighbour', PEOPLE_ELSEWHERE);
  let follows = 0;
  const follow = async (who: Client, whom: Client) => {
    const found = await until(`${who.handle} finds ${whom.handle}`, () => who.find(whom.handle), WAIT_MS);
    await who.follow(found.id);
    const followed = async () => (await who.relationship(found.id)).following;
    await until(`${who.handle} follows ${whom.handle}`, followed, WAIT_MS);
    follows += 1;
  };
  const next = (all: readonly Client[], at: number) => all[at % all.length] as Client;
  for (const [at, person] of here.entries()) {
    for (let n = 1; n <= FOLLOWS_HERE; n += 1) await follow(person, next(here, at + n));
    for (let n = 0; n < FOLLOWS_ELSEWHERE; n += 1) await follow(person, next(elsewhere, at + n));
  }
  for (const [at, person] of elsewhere.entries()) {
    for (let n = 0; n < FOLLOWED_FROM_ELSEWHERE; n += 1) await follow(person, next(here, at * 4 + n));
  }
  return { here, elsewhere, follows };
}

/** Everything that people do for so many minutes: one upload in each, and all of them scroll, watch, like and comment. */
export async function live(community: Community, minutes: number, dir: string): Promise<Deeds> {
  const counts = { uploads: 0, published: 0, copied: 0, watched: 0, likes: 0, comments: 0 };
  const deeds: Deeds = { ...counts, failures: [], waits: [] };
  const endsAt = performance.now() + minutes * 60_000;
  const isOver = () => performance.now() >= endsAt;
  const scrolling = community.here.map((person, at) => scroll(person, at, deeds, isOver));
  const uploading = uploads(community, minutes, await recordings(dir), deeds);
  await Promise.all([...scrolling, uploading]);
  return deeds;
}

async function recordings(dir: string): Promise<string[]> {
  const found = RECORDINGS.map(corpusFile).filter((path) => path !== null);
  return found.length > 0 ? found : [await clip(dir, 'clip.mp4', { seconds: 6, size: '720x1280', rate: 30 })];
}

/** One in each minute, whether those before it are done or not. Resolves once all are published. */
async function uploads(
  { here, elsewhere }: Community,
  minutes: number,
  files: readonly string[],
  deeds: Deeds,
): Promise<void> {
  const began = performance.now();
  const waiting: Promise<void>[] = [];
  for (let minute = 0; minute < minutes; minute += 1) {
    await pause(Math.max(0, began + minute * 60_000 - performance.now()));
    const file = files[minute % files.length] as string;
    waiting.push(noted(deeds, publish(here[minute % here.length] as Client, file, minute, deeds)));
    if (minute % ELSEWHERE_EVERY === 1) {
      const neighbour = elsewhere[minute % elsewhere.length] as Client;
      waiting.push(noted(deeds, copy(here, neighbour, file, minute, deeds)));
    }
  }
  await Promise.all(waiting);
}

/** One deed that fails ends no hour: it is told of in the end. */
async function noted(deeds: Deeds, deed: Promise<void>): Promise<void> {
  await deed.catch((error: unknown) => {
    deeds.failures.push(String(error));
  });
}

async function publish(person: Client, file: string, minute: number, deeds: Deeds): Promise<void> {
  const sentAt = performance.now();
  const id = await person.upload(file, { filename: file, caption: `Minute ${minute} #birds` });
  deeds.uploads += 1;
  await until(
    `${file} is published`,
    async () => {
      await pause(1_000);
      const { state, detail } = await person.processing(id);
      if (state === 'rejected') throw new Error(`${file} was refused: ${detail}`);
      return state === 'published';
    },
    WAIT_MS,
  );
  deeds.published += 1;
  deeds.waits.push((performance.now() - sentAt) / 1_000);
}

/** A video of elsewhere, until somebody who follows here has it with a copy to play. */
async function copy(
  here: readonly Client[],
  neighbour: Client,
  file: string,
  minute: number,
  deeds: Deeds,
): Promise<void> {
  const caption = `From elsewhere in minute ${minute}`;
  await neighbour.upload(file, { filename: file, caption });
  const arrived = async () => {
    await pause(5_000);
    const all = (await Promise.all(here.map((person) => person.home()))).flat();
    return all.some(({ content, media_attachments: media }) => content.includes(caption) && media[0]?.url);
  };
  await until(`what ${neighbour.handle} posted is copied`, arrived, WAIT_MS);
  deeds.copied += 1;
}

/** One person at the screen: the stream of news is open, and one page after the other is looked at. */
async function scroll(person: Client, at: number, deeds: Deeds, isOver: () => boolean): Promise<void> {
  const closed = new AbortController();
  const listening = noted(deeds, listen(person, closed.signal));
  let cursor: string | null = null;
  // Each begins at another moment, as people do.
  await pause(at * 300);
  for (let turn = at; !isOver(); turn += 1) {
    const place: string | null = cursor;
    await noted(
      deeds,
      lookAt(person, place, turn, deeds, isOver).then((next) => {
        cursor = next;
      }),
    );
    await pause(2_000);
  }
  closed.abort();
  await listening;
}

/** A page of the feed: each video is watched, some are liked, few commented on. Gives the cursor of the next. */
async function lookAt(
  person: Client,
  cursor: string | null,
  turn: number,
  deeds: Deeds,
  isOver: () => boolean,
): Promise<string | null> {
  const below = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
  const page = feedPage.parse(await ask(person, `/api/v1/feed?limit=10${below}`));
  for (const [shown, video] of page.videos.entries()) {
    if (isOver()) break;
    await watch(person, video);
    deeds.watched += 1;
    if ((turn + shown) % 4 === 0) {
      await ask(person, `/api/v1/statuses/${video.id}/favourite`, {});
      deeds.likes += 1;
    }
    if ((turn + shown) % 15 === 0) {
      await ask(person, `/api/v1/videos/${video.id}/comments`, { text: `Seen in turn ${turn}` });
      deeds.comments += 1;
    }
  }
  await ask(person, '/api/v1/timelines/home');
  await ask(person, '/api/v1/notifications');
  return page.next_cursor;
}

type Video = z.infer<typeof feedPage>['videos'][number];

/** The poster, the playlist and the file as a player asks for them; then the time that watching takes, and the report of it. */
async function watch(person: Client, { id, poster_url: poster, playback_urls: files }: Video): Promise<void> {
  for (const url of [poster, files.hls]) if (url !== null) await (await fetch(url)).arrayBuffer();
  if (files.mp4 !== null) {
    await (await fetch(files.mp4, { headers: { range: 'bytes=0-1048575' } })).arrayBuffer();
  }
  await pause(WATCHING_MS);
  const seconds = WATCHING_MS / 1_000;
  const event = {
    id: randomUUID(),
    video_id: id,
    type: 'watch',
    watched_seconds: seconds,
    source: 'for_you',
  };
  await ask(person, '/api/v1/events', { events: [event] });
}

/** Holds the stream of a person open and reads what comes. */
async function listen(person: Client, signal: AbortSignal): Promise<void> {
  const headers = { authorization: `Bearer ${person.token}` };
  const answer = await fetch(`${person.origin}/api/v1/streaming/user`, { headers, signal });
  if (!answer.ok) throw new Error(`The stream was refused: ${answer.status}.`);
  const reader = answer.body?.getReader();
  try {
    while (!(await reader?.read())?.done);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

async function ask(person: Client, path: string, body?: object): Promise<unknown> {
  const answer = await fetch(`${person.origin}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      authorization: `Bearer ${person.token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
  return JSON.parse(text);
}
