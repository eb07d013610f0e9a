import type { AccountId } from '../../src/lib/ids.ts';
import type { Client, Person } from './people.ts';
import type { TestServer } from './server.ts';

/** Who everybody is in ActivityStreams. */
export const PUBLIC = 'https://www.w3.org/ns/activitystreams#Public';

/** How an ActivityPub client of ours talks to the server. */
export function createOutbox(server: TestServer, client: Client) {
  const { db, urls } = server.context;
  const of = (id: AccountId | string) => `/ap/users/${id}/outbox`;
  const type = 'application/activity+json';
  return {
    of,
    /** Sends an activity, or the very text of one, to the own outbox. */
    post: (as: Person, body: object | string, headers: Record<string, string> = {}, path = of(as.id)) =>
      client.post(path, {
        as,
        body: typeof body === 'string' ? body : JSON.stringify(body),
        headers: { 'Content-Type': type, ...headers },
      }),
    followers: (person: Person) => urls.followers(person.id),
    /** How many rows there are of everything that an activity could change. */
    async rows(): Promise<Record<string, number>> {
      const tables = ['videos', 'comments', 'likes', 'shares', 'follows', 'account_blocks', 'pins', 'events'];
      const counts = await Promise.all(tables.map((table) => db(table).count('* as n').first()));
      return Object.fromEntries(tables.map((table, at) => [table, Number(counts[at]?.n)]));
    },
    /** Lets the token of a person do this and nothing else. */
    scopes: (person: Person, scopes: readonly string[]) =>
      db('sessions')
        .where({ account_id: person.id })
        .update({ scopes: [...scopes] }),
  };
}
