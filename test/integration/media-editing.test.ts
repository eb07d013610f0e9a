import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { VideoId } from '../../src/lib/ids.ts';
import { createVideoFactory } from '../helpers/factories.ts';
import { type Client, clientOf, createPeople, type Person } from '../helpers/people.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

let server: TestServer;
let client: Client;
let alice: Person;
let bob: Person;
let videoOf: ReturnType<typeof createVideoFactory>['video'];

beforeAll(async () => {
  server = await startTestServer({ role: 'all' });
  client = clientOf(server.origin);
  const people = createPeople(server);
  alice = await people.signedIn('alice');
  bob = await people.signedIn('bob');
  videoOf = createVideoFactory(server.context).video;
});

afterAll(() => server.close());

const row = (id: VideoId) => server.context.db('videos').where({ id });

describe('progress as a stream of events', () => {
  const eventsOf = (id: string, as: Pick<Person, 'token'>) =>
    fetch(`${server.origin}/api/v1/videos/${id}/events`, {
      headers: { Authorization: `Bearer ${as.token}` },
    });

  /** The data of the events that have come, one after the other; ends with the stream. */
  async function* progress(response: Response) {
    let text = '';
    for await (const part of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += part;
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const [, data] = /^event: progress\ndata: (.*)$/.exec(text.slice(0, end)) ?? [];
        text = text.slice(end + 2);
        if (data) yield JSON.parse(data);
      }
    }
  }

  test('tells at once, then every change, and ends when nothing is left to make', async () => {
    const id = await videoOf(alice.account, { state: 'received', assets: [] });
    const told = progress(await eventsOf(id, alice));
    const next = async () => (await told.next()).value;
    const first = await next();
    expect(first).toMatchObject({ id, state: 'processing', playable: false, done: false });
    expect(first).toEqual((await client.get(`/api/v1/videos/${id}/processing`, { as: alice })).body);

    await row(id).update({ media_stage: 'transcoding', media_percent: 30, planned_rungs: [720, 480] });
    const planned = [720, 480];
    expect(await next()).toMatchObject({ stage: 'transcoding', percent: 30, sizes: { made: [], planned } });
    await row(id).update({ state: 'published', published_at: new Date(), media_percent: 60 });
    expect(await next()).toMatchObject({ state: 'published', percent: 60, done: false });
    await row(id).update({ media_state: 'ready', media_stage: null });
    expect(await next()).toMatchObject({ state: 'published', percent: 100, done: true });
    expect((await told.next()).done).toBe(true);
  });

  test.each([
    ['a refused file', (id: VideoId) => row(id).update({ state: 'rejected', media_state: 'failed' })],
    ['a deleted video', (id: VideoId) => row(id).delete()],
    ['a session', () => server.context.db('sessions').where({ account_id: alice.id }).delete()],
  ])('ends with %s', async (_name, end) => {
    const id = await videoOf(alice.account, { state: 'received', assets: [] });
    const token = await createPeople(server).tokenOf(alice.account);
    const told = progress(await eventsOf(id, { token }));
    expect((await told.next()).value).toMatchObject({ state: 'processing' });
    await end(id);
    // Whatever changes afterwards is not told to a session that has ended.
    await row(id).update({ media_percent: 77 });
    const rest = [];
    for await (const one of told) rest.push(one.state);
    expect(rest).toEqual(_name === 'a refused file' ? ['rejected'] : []);
    alice = { ...alice, token: await createPeople(server).tokenOf(alice.account) };
  });

  test('is for the author alone', async () => {
    const id = await videoOf(alice.account);
    expect((await eventsOf(id, bob)).status).toBe(404);
    expect((await eventsOf(id, { token: 'x'.repeat(40) })).status).toBe(401);
    expect((await client.get(`/api/v1/videos/${id}/events`)).status).toBe(401);
  });
});
