import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Route } from '../../../src/http/route.ts';
import type { Role } from '../../../src/modules/staff/index.ts';
import { createAsker } from '../asker.ts';
import { createVideoFactory } from '../factories.ts';
import { forgetLimits } from '../limits.ts';
import { createDeeds, settle } from '../news.ts';
import { createPeople, type Person } from '../people.ts';
import { startS3 } from '../s3-server.ts';
import { startTestServer } from '../server.ts';
import { createRowDigest } from './digest.ts';

/** Those who ask for one person's things: `owner` is that person, who blocks `blocked`. */
export const audiences = ['anonymous', 'other', 'owner', 'blocked', 'moderator', 'admin'] as const;
export type Audience = (typeof audiences)[number];

/** Of the audiences, the roles of those that the routes for staff are for. */
export const ROLES = { moderator: 'moderator', admin: 'admin' } as const satisfies Partial<
  Record<Audience, Role>
>;

/** A word that stands in something private, and who may read it. */
export interface Mark {
  readonly word: string;
  readonly what: string;
  readonly shownTo: readonly Audience[];
}

export type World = Awaited<ReturnType<typeof createWorld>>;

/** A server with the six audiences on it and an object storage that takes uploads. Nothing else works beside it. */
export async function createWorld() {
  const directory = await mkdtemp(join(tmpdir(), 'vireo-matrix-'));
  const s3 = await startS3(directory);
  const server = await startTestServer({
    variables: {
      ...{ S3_ENDPOINT: s3.endpoint, S3_ACCESS_KEY: s3.accessKey, S3_SECRET_KEY: s3.secretKey },
      ...{ S3_BUCKET: 'vireo-matrix', UPLOADS: 'direct', LOG_LEVEL: 'error', INVITES: 'everyone' },
      // What there is to send stays where it was written: no worker runs here.
      ...{ SMTP_HOST: '127.0.0.1', SMTP_TLS: 'none', MAIL_FROM: 'vireo@video.example' },
    },
  });
  const people = createPeople(server);
  const deeds = createDeeds(server.context);
  const owner = await people.signedIn('alice');
  const friend = await people.signedIn('friend');
  const named = {
    ...{ anonymous: undefined, owner, other: await people.signedIn('other') },
    ...{ blocked: await people.signedIn('blocked'), moderator: await people.signedIn('moddy', 'moderator') },
    admin: await people.signedIn('boss', 'admin'),
  } satisfies Record<Audience, Person | undefined>;
  const as: Readonly<Record<Audience, Person | undefined>> = named;
  await people.follow(owner.account, friend.account);
  await deeds.block(owner.account, named.blocked.account);
  await settle(server.context);

  const videos = createVideoFactory(server.context);
  const shownVideo = await videos.video(friend.account);
  let made = 0;
  const digests = await createRowDigest(server.context);
  const asker = createAsker(server.origin);
  return {
    ...{ server, context: server.context, people, deeds, owner, friend, as, ask: asker.ask },
    videos,
    /** A public one of the owner's friend: everybody may see it. */
    shownVideo,
    marks: [] as Mark[],
    /** A number that nothing in this world had before. */
    next: () => ++made,
    digest: digests.take,
    forgetLimits: () => forgetLimits(server),
    async close() {
      await asker.close();
      await digests.close();
      await server.close();
      await s3.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

export const nameOf = ({ method, path }: Route) => `${method.toUpperCase()} ${path}`;
