import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { signUp } from '../../src/setup/demo/client.ts';
import {
  activityOf,
  createOf,
  eventually,
  followOf,
  letFollow,
  noteOf,
  PUBLIC,
  post,
  quiet,
} from '../helpers/activities.ts';
import { empty } from '../helpers/emptying.ts';
import { type Circle, startCircle } from '../helpers/inbox-rig.ts';
import type { PeerActor } from '../helpers/peer.ts';
import type { TestServer } from '../helpers/server.ts';

let rig: Circle;
let server: TestServer;
let carol: PeerActor;
/** Of the same server as carol. */
let mole: PeerActor;
let mallory: PeerActor;
/** Actor id of a person of our server, who follows carol and mallory. */
let alice: string;
let outcome: Circle['outcome'];
let followersOfAlice: Circle['followersOfAlice'];

beforeAll(async () => {
  rig = await startCircle();
  ({ server, carol, mallory, mole, outcome, followersOfAlice } = rig);
  alice = rig.alice.account.uri;
});
afterAll(() => rig.close());
beforeEach(() => empty(server, 'videos'));

const videos = () => server.context.db('videos').orderBy('id').pluck('uri');
const home = async () => (await rig.alice.home()).map(({ uri }) => uri);

/** A video of carol that our server knows. */
async function known(more: object = {}): Promise<{ id: string }> {
  const note = noteOf(carol, more);
  expect(await outcome(carol, createOf(carol, note))).toBe('applied');
  return note;
}

describe('V1 only its author deletes a video', () => {
  test('not another server, not another account of the same server', async () => {
    const note = await known();
    expect(await outcome(mallory, activityOf('Delete', mallory, note.id))).toBe('refused: not-the-author');
    const tombstone = { id: note.id, type: 'Tombstone' };
    expect(await outcome(mallory, activityOf('Delete', mallory, tombstone))).toBe('refused: not-the-author');
    expect(await outcome(mole, activityOf('Delete', mole, note.id))).toBe('refused: not-the-author');
    expect(await home()).toEqual([note.id]);
    expect(await server.context.videos.tombstone(note.id)).toBeNull();
  });

  test.for(['its id', 'a Tombstone', 'the whole object'] as const)(
    'the author does, naming %s',
    async (how) => {
      const note = await known();
      const named = {
        'its id': note.id,
        'a Tombstone': { id: note.id, type: 'Tombstone' },
        'the whole object': note,
      };
      expect(await outcome(carol, activityOf('Delete', carol, named[how]))).toBe('applied');
      expect(await videos()).toEqual([]);
      expect(await home()).toEqual([]);
    },
  );

  test('an account deletes no other account', async () => {
    expect(await outcome(mole, followOf(mole, alice))).toBe('applied');
    await outcome(mole, activityOf('Delete', mole, carol.id));
    await outcome(mole, activityOf('Delete', mole, { id: carol.id, type: 'Tombstone' }));
    expect(await outcome(mallory, activityOf('Delete', mallory, carol.id))).toBe('refused: not-the-author');
    for (const { id } of [carol, mole]) {
      expect(await server.context.accounts.byActorUri(id)).toMatchObject({ state: 'active' });
    }
    const leaving = activityOf('Undo', mole, { type: 'Follow', actor: mole.id, object: alice });
    expect(await outcome(mole, leaving)).toBe('applied');
  });

  test('an account that deletes itself takes its videos and follows along', async () => {
    const dave = await rig.a.actor('dave-who-leaves');
    await letFollow(rig, rig.a, dave);
    expect(await outcome(dave, followOf(dave, alice))).toBe('applied');
    expect(await outcome(dave, createOf(dave, noteOf(dave)))).toBe('applied');
    const stays = await known();
    expect(await outcome(dave, activityOf('Delete', dave, dave.id))).toBe('applied');
    expect(await home()).toEqual([stays.id]);
    expect(await followersOfAlice()).not.toContain(dave.id);
    const account = await server.context.accounts.byActorUri(dave.id);
    expect(account?.state).toBe('deleted');
    const pairs = server.context
      .db('follows')
      .where({ target_id: account?.id })
      .orWhere({ follower_id: account?.id });
    expect(await pairs).toEqual([]);
  });

  test('nobody elsewhere deletes ours', async () => {
    const ours = `${server.origin}/ap/videos/1`;
    expect(await outcome(mallory, activityOf('Delete', mallory, ours))).toBe('refused: object-is-ours');
    expect(await server.context.videos.tombstone(ours)).toBeNull();
  });

  test('a Create that comes after its Delete changes nothing', async () => {
    const note = noteOf(carol);
    expect(await outcome(carol, activityOf('Delete', carol, note.id))).toBe('applied');
    expect(await outcome(carol, createOf(carol, note))).toBe('ignored: deleted');
    expect(await videos()).toEqual([]);
  });

  test('nobody buries a video before it comes, in another’s name', async () => {
    const note = noteOf(carol);
    expect(await outcome(mole, activityOf('Delete', mole, note.id))).not.toContain('refused');
    expect(await outcome(mallory, activityOf('Delete', mallory, note.id))).toBe('refused: not-the-author');
    expect(await outcome(carol, createOf(carol, note))).toBe('applied');
  });
});

describe('V2 only its author edits a post', () => {
  const captionOf = async (uri: string) => (await server.context.videos.internalByUri(uri))?.captionHtml;
  const later = () => new Date(Date.now() + 60_000).toISOString();

  test('not another server, not another account of the same server', async () => {
    const note = await known();
    const changed = { ...note, content: 'Changed', updated: later() };
    const refusal = 'refused: not-the-author';
    expect(await outcome(mallory, activityOf('Update', mallory, changed))).toBe(refusal);
    expect(await outcome(mole, activityOf('Update', mole, changed))).toBe(refusal);
    const rat = await rig.a.actor('rat-who-is-followed');
    await letFollow(rig, rig.a, rat);
    const posing = { ...changed, attributedTo: rat.id };
    expect(await outcome(rat, activityOf('Update', rat, posing))).toBe(refusal);
    expect(await captionOf(note.id)).toBe('<p>A clip</p>');
  });

  test('the author does, and an older edit that comes later changes nothing', async () => {
    const note = await known();
    const edit = (content: string, updated: string | undefined) =>
      activityOf('Update', carol, { ...note, content, updated });
    const at = (seconds: number) => new Date(Date.now() + seconds * 1_000).toISOString();
    expect(await outcome(carol, edit('<p>Second</p>', at(20)))).toBe('applied');
    expect(await outcome(carol, edit('<p>First</p>', at(10)))).toBe('ignored: not-newer');
    expect(await outcome(carol, edit('<p>Undated</p>', undefined))).toBe('ignored: not-edited');
    expect(await captionOf(note.id)).toBe('<p>Second</p>');
  });

  test('a stranger makes no post by an Update; the followed author whose Update overtakes the Create does', async () => {
    const stranger = await rig.e.actor('stranger-who-updates');
    const foreign = noteOf(stranger, { updated: later() });
    expect(await outcome(stranger, activityOf('Update', stranger, foreign))).toBe('ignored: not-followed');
    const note = noteOf(carol);
    const edited = { ...note, content: '<p>Edited</p>', updated: later() };
    expect(await outcome(carol, activityOf('Update', carol, edited))).toBe('applied');
    expect(await outcome(carol, createOf(carol, note))).toBe('ignored: known');
    expect(await captionOf(note.id)).toBe('<p>Edited</p>');
  });

  test('a profile is its owner’s', async () => {
    const profile = { id: carol.id, type: 'Person', preferredUsername: 'carol', inbox: `${carol.id}/inbox` };
    const changed = { ...profile, name: 'Carol the Second' };
    for (const actor of [mole, mallory]) {
      expect(await outcome(actor, activityOf('Update', actor, changed))).toBe('refused: not-the-owner');
    }
    expect(await outcome(carol, activityOf('Update', carol, changed))).toBe('applied');
    expect((await server.context.accounts.byActorUri(carol.id))?.displayName).toBe('Carol the Second');
  });
});

describe('V3 an Announce brings a post from its own server only', () => {
  test('never the body that it carries', async () => {
    const note = noteOf(carol);
    const fake = { ...note, content: 'Fake' };
    expect(await outcome(mallory, activityOf('Announce', mallory, fake))).toBe('ignored: object-not-found');
    expect(await videos()).toEqual([]);
    rig.a.page(new URL(note.id).pathname, note);
    expect(await outcome(mallory, activityOf('Announce', mallory, fake))).toBe('applied');
    expect((await server.context.videos.internalByUri(note.id))?.captionHtml).toBe('<p>A clip</p>');
  });

  test('and nothing for somebody whom nobody here follows', async () => {
    const stranger = await rig.e.actor('stranger-who-shares');
    const note = noteOf(carol);
    rig.a.page(new URL(note.id).pathname, note);
    const asked = rig.a.asked().length;
    expect(await outcome(stranger, activityOf('Announce', stranger, note.id))).toBe('ignored: not-followed');
    expect(rig.a.asked()).toHaveLength(asked);
    expect(await videos()).toEqual([]);
  });
});

describe('Creates', () => {
  test.for([
    ['in 2099', '2099-01-01T00:00:00Z'],
    ['before there were computers', '-100000-01-01T00:00:00Z'],
    ['at no time that can be read', 'tomorrow'],
  ])('V10 dated %s are of now', async ([, published]) => {
    const before = Date.now();
    const note = await known({ published });
    const video = await server.context.videos.internalByUri(note.id);
    expect(Number(video?.publishedAt)).toBeGreaterThanOrEqual(before);
    expect(Number(video?.publishedAt)).toBeLessThanOrEqual(Date.now());
  });

  test('V10 nor does a date in the future put a video first', async () => {
    const first = await known({ published: '2099-01-01T00:00:00Z' });
    const second = await known();
    expect(await home()).toEqual([second.id, first.id]);
  });

  test('of somebody nobody here follows are ignored', async () => {
    expect(await outcome(mole, createOf(mole, noteOf(mole)))).toBe('ignored: not-followed');
    expect(await videos()).toEqual([]);
  });

  test('that come ten times at once make one video', async () => {
    const note = noteOf(carol);
    const one = createOf(carol, note);
    const copies = Array.from({ length: 5 }, () => one);
    const others = Array.from({ length: 5 }, () => createOf(carol, note));
    const answers = await Promise.all([...copies, ...others].map((create) => post(server, carol, create)));
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(202));
    await quiet(server);
    expect(await videos()).toEqual([note.id]);
    expect(await server.context.db('inbox_activities').where({ activity_uri: one.id })).toHaveLength(1);
  });

  test('may carry their audience on the activity, the object, or both', async () => {
    const bare = noteOf(carol, { to: undefined, cc: undefined });
    expect(await outcome(carol, createOf(carol, bare, { to: PUBLIC }))).toBe('applied');
    const quietly = noteOf(carol, { to: [carol.followers], cc: undefined });
    expect(await outcome(carol, createOf(carol, quietly, { cc: ['as:Public'] }))).toBe('applied');
    const rows = await server.context.db('videos').orderBy('id').pluck('visibility');
    expect(rows).toEqual(['public', 'unlisted']);
  });

  test('P1 addressed to nobody here are not kept', async () => {
    for (const to of [[], [mallory.id], [mallory.followers]]) {
      const note = noteOf(carol, { to, cc: [] });
      expect(await outcome(carol, createOf(carol, note))).toBe('ignored: not-addressed');
    }
    expect(await videos()).toEqual([]);
  });

  test('P1 addressed to one person are shown to that person alone', async () => {
    const bob = await signUp(server.origin, 'bob_who_reads', 'a long password');
    const found = await bob.find(carol.handle);
    await bob.follow(found?.id ?? '');
    const { activity } = await eventually('the Follow arrives', () =>
      rig.a.received.findLast((one) => one.activity.actor === bob.account.uri),
    );
    expect(await outcome(carol, activityOf('Accept', carol, activity))).toBe('applied');
    for (const cc of [[], [mallory.followers]]) {
      const note = noteOf(carol, { to: [alice], cc });
      expect(await outcome(carol, createOf(carol, note))).toBe('applied');
      expect(await home()).toContain(note.id);
      expect((await bob.home()).map(({ uri }) => uri)).not.toContain(note.id);
      const id = (await server.context.videos.internalByUri(note.id))?.id;
      expect((await fetch(`${server.origin}/api/v1/statuses/${id}`)).status).toBe(404);
    }
  });
});
