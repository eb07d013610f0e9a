import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  activityOf,
  createOf,
  eventually,
  followOf,
  letFollow,
  noteOf,
  outcomeOf,
  post,
  quiet,
  type Rig,
  startRig,
} from '../helpers/activities.ts';
import type { PeerActor } from '../helpers/peer.ts';
import type { TestServer } from '../helpers/server.ts';

let rig: Rig;
let server: TestServer;
let carol: PeerActor;
let alice: string;

beforeAll(async () => {
  rig = await startRig();
  ({ server, carol } = rig);
  alice = rig.alice.account.uri;
  await letFollow(rig, rig.a, carol);
});
afterAll(() => rig.close());

/** Text that is dangerous somewhere behind the inbox: to SQL, PostgreSQL's text, JSON columns, logs, patterns. */
const POISONS = {
  'W5 a quote and a statement': `'); drop table videos; --`,
  'W5 a placeholder': '? :name $1 ?? %s {}',
  wildcards: '%_%\\%',
  'R7 NUL': 'a\u0000b',
  'R7 half a character': 'a\ud800b',
  'a line break and an escape': 'a\r\n\u001b[31mb',
  'a turned direction': 'a\u202eb',
} as const;

/** Every field of a Create that we read, or store with its neighbours. */
const FIELDS: Record<string, (poison: string) => Record<string, unknown>> = {
  'activity.id': (poison) => createOf(carol, noteOf(carol), { id: `${carol.id}/activities/${poison}` }),
  'activity.type': (poison) => ({ ...createOf(carol, noteOf(carol)), type: `Create${poison}` }),
  'activity.to': (poison) => createOf(carol, noteOf(carol), { to: [poison, `https://a.example/${poison}`] }),
  'object, by its address': (poison) => activityOf('Create', carol, `${carol.id}/notes/${poison}`),
  'note.id': (poison) => createOf(carol, noteOf(carol, { id: `${carol.id}/notes/${poison}` })),
  'note.url': (poison) => createOf(carol, noteOf(carol, { url: `${carol.id}/page/${poison}` })),
  'note.content': (poison) => createOf(carol, noteOf(carol, { content: poison })),
  'note.contentMap': (poison) =>
    createOf(carol, noteOf(carol, { content: undefined, contentMap: { [poison]: poison } })),
  'note.summary': (poison) => createOf(carol, noteOf(carol, { summary: poison })),
  'note.published': (poison) => createOf(carol, noteOf(carol, { published: poison })),
  'note.to': (poison) =>
    createOf(carol, noteOf(carol, { to: [`https://a.example/${poison}/followers`, carol.followers] })),
  'note.tag': (poison) =>
    createOf(carol, noteOf(carol, { tag: [{ type: 'Hashtag', name: poison, href: poison }] })),
  'note.icon': (poison) => createOf(carol, noteOf(carol, { icon: `${carol.id}/${poison}` })),
  'attachment.url': (poison) => createOf(carol, withVideo({ url: `${carol.id}/${poison}.mp4` })),
  'attachment.mediaType': (poison) => createOf(carol, withVideo({ mediaType: `video/${poison}` })),
  'attachment.name': (poison) => createOf(carol, withVideo({ name: poison })),
  'attachment.summary': (poison) => createOf(carol, withVideo({ summary: poison })),
  'attachment.blurhash': (poison) => createOf(carol, withVideo({ blurhash: `LEHV6n${poison}` })),
  'attachment.duration': (poison) => createOf(carol, withVideo({ duration: `PT1${poison}S` })),
  'attachment.width': (poison) => createOf(carol, withVideo({ width: poison, height: poison })),
  'a follow’s id': (poison) => followOf(carol, alice, { id: `${carol.id}/follows/${poison}` }),
  'an undone follow’s id': (poison) =>
    activityOf('Undo', carol, followOf(carol, alice, { id: `${carol.id}/f/${poison}` })),
  'a deleted id': (poison) => activityOf('Delete', carol, `${carol.id}/notes/gone/${poison}`),
};

const withVideo = (attachment: object) =>
  noteOf(carol, {
    attachment: [{ type: 'Document', mediaType: 'video/mp4', url: `${carol.id}/clip.mp4`, ...attachment }],
  });

/** Jobs that failed and would be tried again, or never more. */
const failures = () => server.context.db('jobs').select('name', 'last_error');

describe.for(Object.entries(POISONS))('%s', ([, poison]) => {
  test.for(Object.entries(FIELDS))('in %s does no harm', async ([, make]) => {
    const { status } = await post(server, carol, make(poison));
    expect([202, 400]).toContain(status);
    await quiet(server);
    expect(await failures()).toEqual([]);
    expect(await server.context.db('videos').count()).toHaveLength(1);
    expect((await rig.alice.home()).length).toBeGreaterThanOrEqual(0);
  });

  test('in the profile of an actor does no harm', async () => {
    const actor = await rig.a.actor(`p${Math.floor(Math.random() * 1e9)}`, {
      name: poison,
      summary: poison,
      url: `${rig.a.origin}/${poison}`,
      endpoints: { sharedInbox: `${rig.a.origin}/inbox/${poison}` },
    });
    expect(await outcomeOf(server, actor, followOf(actor, alice))).toBe('applied');
    expect(await failures()).toEqual([]);
    const names = [{ preferredUsername: poison }, { inbox: `${rig.a.origin}/inbox/${poison}` }];
    for (const [at, change] of names.entries()) {
      const odd = await rig.a.actor(`q${at}${Math.floor(Math.random() * 1e9)}`, change);
      expect(await outcomeOf(server, odd, followOf(odd, alice))).toMatch(
        /^(applied|ignored: follower-not-found)$/,
      );
      expect(await failures()).toEqual([]);
    }
  });
});

test('W5 what is harmless is kept as it was written', async () => {
  const poison = `'); drop table videos; -- ? :name $1 \\ "x" %_`;
  const note = withVideo({ name: poison });
  const about = { content: `<p>${poison}</p>`, summary: poison };
  expect(await outcomeOf(server, carol, createOf(carol, { ...note, ...about }))).toBe('applied');
  const status = (await rig.alice.home()).find(({ uri }) => uri === note.id);
  expect(status).toMatchObject({ spoiler_text: poison, media_attachments: [{ description: poison }] });
  expect(status?.content).toContain('drop table videos');
});

describe('addresses that programs read in different ways', () => {
  /** An inbox on E that looks like one on A to whoever takes it apart by hand. */
  const disguises = () => {
    const { e, a } = rig;
    return [
      `http:${e.host}//${a.host}/inbox`,
      `http:/${e.host}//${a.host}/inbox`,
      `http:\\\\${e.host}\\//${a.host}/inbox`,
      `http:\t//${e.host}//${a.host}/inbox`,
      `http://${e.host}\\@${a.host}/inbox`,
      ` http://${e.host}/inbox`,
    ];
  };

  test('do not let a blocked server receive as another, nor hold up another’s queue', async () => {
    for (const [at, inbox] of disguises().entries()) {
      const actor = await rig.e.actor(`sly${at}`, { inbox, endpoints: { sharedInbox: inbox } });
      await outcomeOf(server, actor, followOf(actor, alice));
    }
    const rows = await server.context.db('deliveries').select('host', 'inbox_uri');
    expect(rows.filter(({ host, inbox_uri }) => host !== new URL(inbox_uri).host)).toEqual([]);
    const kept = await server.context.db('accounts').pluck('inbox_uri');
    expect(kept.filter((uri) => uri !== new URL(uri).href)).toEqual([]);
  });

  test('an inbox in odd spelling is kept in the usual one', async () => {
    const shout = await rig.e.actor('shout', { inbox: `HTTP://${rig.e.host}/users/../inbox` });
    expect(await outcomeOf(server, shout, followOf(shout, alice))).toBe('applied');
    const account = await server.context.accounts.byActorUri(shout.id);
    expect(account?.inboxUri).toBe(rig.e.url('/inbox'));
    await eventually('the Accept arrives', () =>
      rig.e.received.some(({ activity }) => activity.type === 'Accept' && activity.object.actor === shout.id),
    );
  });
});
