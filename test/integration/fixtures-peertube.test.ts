import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Rig, startRig } from '../helpers/activities.ts';
import type { FixtureRow } from '../helpers/fixture-rows.ts';
import { peertubePostRows, peertubeRows } from '../helpers/fixture-rows-peertube.ts';
import { createReplay, type Document, FIXTURES, readFixture, type Scene } from '../helpers/fixtures.ts';

/** What a PeerTube server sends and serves, with its own actors and documents behind it. */
let rig: Rig;
let replay: ReturnType<typeof createReplay>;

const HOST = 'peertube.example';
const ACTORS = ['actor-account-person.json', 'actor-channel-group.json', 'actor-instance-application.json'];
const isThere = existsSync(FIXTURES);

beforeAll(async () => {
  if (!isThere) return;
  rig = await startRig();
  replay = createReplay(rig);
});
afterAll(() => rig?.close());

const adapt = (file: string, ours: Readonly<Record<string, string>> = {}): Document =>
  replay.adapt(`peertube/${file}`, HOST, ours);

/** Alice follows its account, its channel and the server itself; each is what PeerTube serves. */
async function meet(): Promise<{ scene: Scene; follow: string }> {
  const scene = await replay.begin();
  const follows: string[] = [];
  for (const file of ACTORS) {
    const document = adapt(file);
    replay.serve(document);
    follows.push(await replay.follow(document.id));
  }
  replay.serve(adapt('activity-Create-Video.json').object);
  return { scene, follow: follows[0] ?? '' };
}

/** Alice says something below the video that the documents are about. */
async function comment(uri: string): Promise<string> {
  const { videos, comments, inTx, urls, accounts } = rig.server.context;
  const [video, author] = [await videos.internalByUri(uri), await accounts.byActorUri(rig.alice.account.uri)];
  if (!video || !author) return `${rig.server.origin}/ap/comments/1`;
  const details = { text: 'Hi', contentWarning: '', sensitive: false, language: null, mentions: new Map() };
  const said = await inTx((tx) =>
    comments.publish(tx, { author, video, parent: null, visibility: 'public', details }),
  );
  if (!said.ok) throw new Error(said.detail);
  return urls.comment(said.commentId);
}

async function expectFacts(row: FixtureRow, scene: Scene, document: Document): Promise<void> {
  if (!row.look) return;
  const facts = await replay.lookAt(row.look, scene, document);
  if (typeof row.facts === 'object' && !Array.isArray(row.facts))
    expect(facts).toMatchObject(row.facts ?? {});
  else expect(facts).toEqual(row.facts);
}

describe.skipIf(!isThere)('PeerTube 6.3 (needs SHARED_DIR/fixtures)', () => {
  test.for(Object.entries(peertubeRows))('sends %s', async ([file, row]) => {
    const { scene, follow } = await meet();
    const after = row.after ?? [];
    const named = Object.entries(row.ours ?? {});
    const uris: Record<string, string> = {
      ...{ alice: scene.alice.actorUri, video: scene.video.uri },
      ...{ instance: `${rig.server.origin}/actor`, follow },
    };
    const mapped = () => Object.fromEntries(named.map(([theirs, what]) => [theirs, uris[what] ?? '']));
    for (const before of after) expect(await replay.receive(adapt(before, mapped()))).toBe('applied');
    if (named.some(([, what]) => what === 'comment')) {
      uris.comment = await comment(adapt('activity-Create-Video.json').object.id);
    }
    const document = adapt(file, mapped());
    expect(await replay.receive(document)).toEqual(row.verdict);
    await expectFacts(row, scene, document);
  });

  test.for(Object.entries(peertubePostRows))('serves %s', async ([file, row]) => {
    const { scene } = await meet();
    const document = adapt(file);
    const host = new URL(JSON.parse(readFixture(`peertube/${file}`)).id).host;
    if (host === HOST) replay.serve(document);
    else replay.serve(replay.adapt(`peertube/${file}`, host, {}));
    const id = host === HOST ? document.id : replay.at(document.id);
    expect(await replay.announce(id)).toEqual(row.verdict);
    await expectFacts(row, scene, document);
  });

  test('publishes one video in three ways, in any order', async () => {
    const ways = ['activity-Create-Video', 'activity-Announce-ByChannel', 'activity-Announce-ByInstance'];
    for (const order of [ways, ways.toReversed()]) {
      const { scene } = await meet();
      for (const way of order) await replay.receive(adapt(`${way}.json`));
      expect(await replay.lookAt('rows of videos', scene, {})).toBe(2);
      expect(await replay.lookAt('rows of shares', scene, {})).toBe(0);
    }
  });

  test('makes a video private and public again under the same id', async () => {
    const { scene } = await meet();
    const [create, deletion] = [adapt('activity-Create-Video.json'), adapt('activity-Delete-Video.json')];
    expect(await replay.receive(create)).toBe('applied');
    expect(await replay.receive(deletion)).toBe('applied');
    expect(await replay.lookAt('rows of videos', scene, {})).toBe(1);
    const updated = new Date(Date.now() + 1_000).toISOString();
    const again = { ...create, id: `${create.id}/2`, object: { ...create.object, updated } };
    expect(await replay.receive(again)).toBe('applied');
    expect(await replay.lookAt('rows of videos', scene, {})).toBe(2);
  });
});
