import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../config/config.ts';
import { createContext } from '../../src/context.ts';
import { createLogger } from '../../src/lib/log.ts';
import type { Account } from '../../src/modules/accounts/index.ts';
import { signUp, until } from '../../src/setup/demo/client.ts';
import { publishCopies } from './copied-clips.ts';
import { clip } from './media-samples.ts';
import { createPeople, PASSWORD } from './people.ts';
import { closeSite, type Site, startSite } from './sites.ts';

/** What the clips are about that are there already. */
export const TOPICS = ['birds', 'bread', 'trains'] as const;
const AUTHORS = 8;
const CLIPS = 24;
/** How long each of them is; a quarter of it is a view (`viewThresholdMs`). */
export const CLIP_SECONDS = 2;
/** Long enough for somebody who uploads on a machine that does much else. */
export const MADE_MS = 120_000;

/** Two servers of ours, with clips on the first, and Bob on the second, who has posted one. */
export type Stage = Awaited<ReturnType<typeof openStage>>;

export async function openStage() {
  const directory = await mkdtemp(join(tmpdir(), 'vireo-story-'));
  const [here, there] = await Promise.all([
    startSite(directory, 'here', '127.0.0.2', { RANKING: 'on', RANKING_BUDGET_MS: '10000' }),
    startSite(directory, 'there', '127.0.0.3'),
  ]);
  const short = await clip(directory, 'short.mp4', { seconds: CLIP_SECONDS, size: '180x320' });
  const [context, bob] = await Promise.all([contextOf(here), signUp(there.running.origin, 'bob', PASSWORD)]);
  await Promise.all([fill(here, context, short), post(bob, short, 'Waves at noon')]);
  await until('what the clips are about is talked about', async () => {
    // Of the list that is kept: it takes them in one by one, and whoever comes meanwhile is offered a part of them.
    const kept = await context.trending.lists.tags({ offset: 0, limit: 20 });
    return TOPICS.every((topic) => kept?.includes(topic));
  });
  return {
    ...{ directory, here, there, context, bob },
    async close() {
      await context.close();
      await Promise.all([closeSite(here), closeSite(there)]);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** The parts of a server that runs as a process, on its database, Redis and files. */
async function contextOf({ variables, dataDir }: Site) {
  const read = readConfig({ ...variables, DATA_DIR: dataDir });
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  const created = await createContext(read.config, { log: createLogger('silent') });
  if (!created.ok) throw new Error(created.detail);
  return created.context;
}

type Uploader = Pick<Awaited<ReturnType<typeof signUp>>, 'upload' | 'processing'>;

/** Posts a clip by the API, and waits until it is made. */
export async function post(by: Uploader, file: string, caption: string): Promise<string> {
  const id = await by.upload(file, { filename: 'clip.mp4', caption });
  await until(`"${caption}" is made`, async () => (await by.processing(id)).done, MADE_MS);
  return id;
}

/** One clip goes all the way that an upload goes; what others posted are copies of it. */
async function fill(site: Site, context: Stage['context'], file: string): Promise<void> {
  const source = await post(await signUp(site.running.origin, 'first', PASSWORD), file, 'The first of all');
  const people = createPeople({ context });
  const authors: Account[] = [];
  for (let n = 0; n < AUTHORS; n += 1) authors.push(await people.local(`author${n}`));
  const copies = Array.from({ length: CLIPS }, (_, n) => {
    const tag = TOPICS[n % TOPICS.length] ?? '';
    const author = authors[n % AUTHORS];
    if (!author) throw new Error('There is no author.');
    return { author, tag, caption: `Number ${n + 1} about #${tag}` };
  });
  await publishCopies(context, source, copies);
}
