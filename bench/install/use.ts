import { join } from 'node:path';
import { signIn, until } from '../../src/setup/demo/client.ts';
import { freePort, startInstance } from '../../src/setup/demo/instance.ts';
import type { Installed } from './installed.ts';

const WAIT_MS = 300_000;
const OTHER_PASSWORD = 'the password of the other owner';

/**
 * What somebody does first on a new server, by the API: the owner signs in and uploads, the video plays; then somebody of
 * another server finds the owner by the handle and follows. Gives when each was done, by `now`.
 */
export async function useFirst(job: {
  readonly server: Pick<Installed, 'origin' | 'ownerPassword'>;
  readonly source: string;
  readonly otherHost: string;
  readonly dir: string;
  readonly now: () => number;
}): Promise<{ readonly playable: number; readonly followed: number }> {
  const { server, source, otherHost, dir, now } = job;
  const owner = await signIn(server.origin, 'owner', server.ownerPassword);
  const id = await owner.upload(source, { filename: 'clip.mp4', caption: 'The first one' });
  await until(
    'the video plays',
    async () => plays((await owner.status(id)).media_attachments[0]?.url),
    WAIT_MS,
  );
  const playable = now();
  const port = await freePort(otherHost);
  const other = await startInstance({
    ...{ host: otherHost, port, dataDir: join(dir, 'other'), logFile: join(dir, 'other.log') },
    variables: {
      ...{ OWNER_PASSWORD: OTHER_PASSWORD, LOG_LEVEL: 'warn', RANKING: 'off' },
      ALLOWED_PRIVATE_ADDRESSES: `${new URL(server.origin).hostname},${otherHost}`,
    },
  });
  try {
    const follower = await signIn(other.origin, 'owner', OTHER_PASSWORD);
    const found = await until('the owner is found', () => follower.find(owner.handle), WAIT_MS);
    await follower.follow(found.id);
    await until(
      'the follow is accepted',
      async () => (await follower.relationship(found.id)).following,
      WAIT_MS,
    );
    const back = await until('the owner sees the follower', () => owner.find(follower.handle), WAIT_MS);
    await until('both agree', async () => (await owner.relationship(back.id)).followed_by, WAIT_MS);
    return { playable, followed: now() };
  } finally {
    await other.stop();
  }
}

/** Whether the file of a video is given out, as MP4. */
async function plays(url: string | null | undefined): Promise<boolean> {
  if (!url) return false;
  const answer = await fetch(url, { headers: { range: 'bytes=4-7' } });
  return answer.status === 206 && (await answer.text()) === 'ftyp';
}
