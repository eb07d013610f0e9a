import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Client, signUp, until } from '../../src/setup/demo/client.ts';
import { EVIL, HONEST } from './remote-http.ts';
import { closeSite, startSite } from './sites.ts';

const PASSWORD = 'a long password';
/** A video that is made while the machine does other things. */
const MADE_WITHIN_MS = 120_000;

/** Two servers of ours, A with alice and B with bob, and a folder for files of the test. */
export async function startTwoSites() {
  const directory = await mkdtemp(join(tmpdir(), 'vireo-two-'));
  const [a, b] = await Promise.all([startSite(directory, 'a', HONEST), startSite(directory, 'b', EVIL)]);
  async function close(): Promise<void> {
    await Promise.all([closeSite(a), closeSite(b)]);
    await rm(directory, { recursive: true, force: true });
  }
  try {
    const alice = await signUp(a.running.origin, 'alice', PASSWORD);
    const bob = await signUp(b.running.origin, 'bob', PASSWORD);
    return { directory, a, b, alice, bob, close };
  } catch (error) {
    // Nobody else can close them.
    await close();
    throw error;
  }
}

/** Waits until a video of somebody's is out. Throws with the reason where it is refused. */
export async function published(who: Client, id: string): Promise<void> {
  await until(
    'it is published',
    async () => {
      const { state, detail } = await who.processing(id);
      if (state === 'rejected') throw new Error(`It was refused: ${detail}`);
      return state === 'published';
    },
    MADE_WITHIN_MS,
  );
}

/** Follows somebody, of another server or this one, and waits until that was accepted. */
export async function follows(who: Client, whom: Client): Promise<void> {
  const found = await who.find(whom.handle);
  await who.follow(found?.id ?? '');
  await until('the follow is accepted', async () => (await who.relationship(found?.id ?? '')).following);
}

/** Asks the API of somebody's own server as that person, and gives what it answers, whatever that is. */
export async function ask(who: Client, method: string, path: string, body?: object) {
  const response = await fetch(`${who.origin}/api/v1/${path}`, {
    method,
    headers: { authorization: `Bearer ${who.token}`, 'content-type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  // biome-ignore lint/suspicious/noExplicitAny: answers of many kinds; the tests look into them.
  return { status: response.status, body: (await response.json()) as any };
}
