import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Rig, startRig } from '../helpers/activities.ts';
import { activityRows, type FixtureRow, postRows } from '../helpers/fixture-rows.ts';
import { createReplay, type Document, FIXTURES, readFixture, type Scene } from '../helpers/fixtures.ts';

/**
 * Every document of the folder gets the verdict that its INDEX.md names, by the way it would come in: an
 * activity as from an inbox, a post or an actor as served by its own server.
 */
let rig: Rig;
let replay: ReturnType<typeof createReplay>;

const isThere = existsSync(FIXTURES);
beforeAll(async () => {
  if (!isThere) return;
  rig = await startRig();
  replay = createReplay(rig);
});
afterAll(() => rig?.close());

function ourUris(row: FixtureRow, { alice, video }: Scene): Record<string, string> {
  const none = `${rig.server.origin}/actor`;
  const uris = { alice: alice.actorUri, video: video.uri, instance: none, comment: none, follow: none };
  return Object.fromEntries(Object.entries(row.ours ?? {}).map(([theirs, what]) => [theirs, uris[what]]));
}

function withVideo(document: Document): Document {
  const clip = { type: 'Document', mediaType: 'video/mp4', url: `${rig.a.origin}/clip.mp4` };
  const add = (note: Document) => ({ ...note, attachment: [note.attachment ?? [], clip].flat() });
  return document.type === 'Create' ? { ...document, object: add(document.object) } : add(document);
}

const idOf = (value: Document): string => (typeof value === 'string' ? value : value.id);

async function expectFacts(row: FixtureRow, scene: Scene, document: Document): Promise<void> {
  if (!row.look) return;
  const facts = await replay.lookAt(row.look, scene, document);
  if (typeof row.facts === 'object' && !Array.isArray(row.facts))
    expect(facts).toMatchObject(row.facts ?? {});
  else expect(facts).toEqual(row.facts);
}

describe.skipIf(!isThere)('documents of real servers (needs SHARED_DIR/fixtures)', () => {
  test.for(Object.entries(activityRows))('%s', async ([file, row]) => {
    const scene = await replay.begin();
    const raw = JSON.parse(readFixture(`ap/${file}`));
    const host = new URL(idOf(raw.actor)).host;
    const ours = ourUris(row, scene);
    const actor = replay.at(idOf(raw.actor));
    replay.serveActor(actor);
    const follow = await replay.follow(actor);
    // Ours is the Follow that a Reject names.
    if (raw.type === 'Reject') ours[raw.object.id] = follow;
    for (const before of row.after ?? []) {
      const [name, inner] = before.split('#');
      const came = replay.adapt(`ap/${name}`, host, ours);
      const activity = inner ? { ...came.object, object: ours[raw.object.object] ?? scene.video.uri } : came;
      expect(await replay.receive(activity)).toBe('applied');
    }
    const adapted = replay.adapt(`ap/${file}`, host, ours);
    const document = row.withVideo ? withVideo(adapted) : adapted;
    if (row.withVideo)
      expect(await replay.receive({ ...adapted, id: `${actor}/first` })).toBe('ignored: no-video');
    expect(await replay.receive(document)).toEqual(row.verdict);
    await expectFacts(row, scene, document);
  });

  test.for(Object.entries(postRows))('%s', async ([file, row]) => {
    const scene = await replay.begin();
    const raw = JSON.parse(readFixture(`ap/${file}`));
    const adapted = replay.adapt(`ap/${file}`, new URL(raw.id).host, ourUris(row, scene));
    for (const author of [adapted.attributedTo].flat()) replay.serveActor(idOf(author));
    const document = row.withVideo ? withVideo(adapted) : adapted;
    replay.serve(document);
    expect(await replay.announce(document.id)).toEqual(row.verdict);
    await expectFacts(row, scene, document);
  });
});
