import { expect } from 'vitest';
import type { VideoId } from '../../src/lib/ids.ts';
import { createVideoFactory } from './factories.ts';
import { createDeeds, settle } from './news.ts';
import { type Client, clientOf, createPeople, type People, type Person } from './people.ts';
import { startTestServer, type TestServer } from './server.ts';

/** What the API says of a notification, as far as the tests look at it. */
interface Told {
  readonly id: string;
  readonly type: string;
  readonly account: { readonly id: string };
  readonly status: { readonly id: string } | null;
}

/** A server with three people, and what one of them hears of the others. */
export interface NewsRig {
  readonly server: TestServer;
  readonly client: Client;
  readonly people: People;
  readonly deeds: ReturnType<typeof createDeeds>;
  readonly alice: Person;
  readonly bob: Person;
  readonly eve: Person;
  readonly videos: ReturnType<typeof createVideoFactory>;
  /** Forgets all that was done and told, and gives a new video of Alice. */
  clear(): Promise<VideoId>;
  /** The notifications of somebody, the newest first. */
  list(who: Person, query?: string): Promise<Told[]>;
  /** Of each of them what happened, by whom and to which post. */
  told(who: Person): Promise<[type: string, account: string, status: string | null][]>;
}

const DONE = [
  'videos',
  'follows',
  'account_blocks',
  'account_mutes',
  'thread_mutes',
  'account_domain_blocks',
];
const TOLD = ['notification_policies', 'notification_permissions', 'notifications', 'markers'];

export async function startNewsRig(): Promise<NewsRig> {
  const server = await startTestServer();
  const client = clientOf(server.origin);
  const people = createPeople(server);
  const videos = createVideoFactory(server.context);
  const alice = await people.signedIn('alice');
  const [bob, eve] = [await people.signedIn('bob'), await people.signedIn('eve')];
  await settle(server.context);
  const list = async (who: Person, query = ''): Promise<Told[]> => {
    const answer = await client.get(`/api/v1/notifications${query}`, { as: who });
    expect(answer.status, answer.text).toBe(200);
    return answer.body;
  };
  return {
    ...{ server, client, people, videos, alice, bob, eve, list },
    deeds: createDeeds(server.context),
    async clear() {
      for (const table of [...DONE, ...TOLD]) await server.context.db(table).delete();
      return videos.video(alice.account);
    },
    async told(who) {
      return (await list(who)).map(({ type, account, status }) => [type, account.id, status?.id ?? null]);
    },
  };
}
