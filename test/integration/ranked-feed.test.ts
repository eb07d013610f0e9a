import { afterAll, beforeAll, expect, test } from 'vitest';
import { createVideoFactory, type VideoFactory } from '../helpers/factories.ts';
import { type Client, clientOf, createPeople, type People } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

let server: TestServer;
let client: Client;
let people: People;
let videos: VideoFactory;

beforeAll(async () => {
  server = await startTestServer({ variables: { RANKING: 'on', LOG_LEVEL: 'debug' } });
  client = clientOf(server.origin);
  people = createPeople(server);
  videos = createVideoFactory(server.context);
});
afterAll(() => server?.close());

test('smoke', async () => {
  const authors = await Promise.all(['a', 'b', 'c'].map((name) => people.local(name)));
  for (let n = 0; n < 30; n += 1) await videos.video(authors[n % 3] as never, {});
  const me = await people.signedIn('me');
  await expect.poll(() => server.context.recommending.isLoaded(), { timeout: 10_000 }).toBe(true);
  const t = performance.now();
  const { body } = await client.get('/api/v1/feed?limit=5', { as: me });
  console.log(performance.now() - t, body.videos?.length, body);
  const id = body.videos[0].id;
  const why = await client.get(`/api/v1/feed_reasons?video_id=${id}`, { as: me });
  console.log(JSON.stringify(why.body));
});
