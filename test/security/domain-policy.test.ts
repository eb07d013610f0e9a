import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { inboxLimits } from '../../config/limits.ts';
import { recordOutcomes } from '../../federation/inbox/index.ts';
import { carryOutAll } from '../../federation/inbox/verb.ts';
import type { PolicyChange } from '../../src/modules/instances/index.ts';
import {
  activityOf,
  createOf,
  followOf,
  letFollow,
  noteOf,
  outcomeOf,
  post,
  quiet,
  type Rig,
  startRig,
  withoutEffect,
} from '../helpers/activities.ts';
import { type PeerActor, send, signedPost } from '../helpers/peer.ts';
import { EVIL, HONEST } from '../helpers/remote-http.ts';
import type { TestServer } from '../helpers/server.ts';

const set = ({ context: { instances, inTx } }: TestServer, domain: string, change: PolicyChange) =>
  inTx((tx) => instances.setPolicy(tx, domain, change));
const lift = ({ context: { instances, inTx } }: TestServer, domain: string) =>
  inTx((tx) => instances.removePolicy(tx, domain));

describe('S15 a silenced server', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await startRig();
  });
  afterEach(() => lift(rig.server, EVIL));
  afterAll(() => rig.close());

  test('is not heard of people whom nobody follows: nothing is fetched, stored or told', async () => {
    const { server, a, e, alice, carol } = rig;
    await set(server, EVIL, { severity: 'silence' });
    const stranger = await e.actor('stranger');
    const note = noteOf(stranger);
    for (const activity of [
      followOf(stranger, alice.account.uri),
      createOf(stranger, note),
      activityOf('Announce', stranger, note.id),
      activityOf('Like', stranger, alice.account.uri),
    ]) {
      const answer = await withoutEffect(server, [a, e], () => post(server, stranger, activity));
      expect(answer.status).toBe(202);
    }
    expect(await outcomeOf(server, carol, followOf(carol, alice.account.uri))).toBe('applied');
  });

  test('is heard of those who are followed, and may answer and take back', async () => {
    const { server, e, mallory } = rig;
    await set(server, EVIL, { severity: 'silence' });
    await letFollow(rig, e, mallory);
    const note = noteOf(mallory);
    expect(await outcomeOf(server, mallory, createOf(mallory, note))).toBe('applied');
    expect(await outcomeOf(server, mallory, activityOf('Delete', mallory, note.id))).toBe('applied');
  });
});

describe('S15 a server whose reports are not taken', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await startRig();
  });
  afterAll(() => rig.close());

  test('reports nobody until that is lifted; all else of it is heard', async () => {
    const { server, mallory, alice } = rig;
    const report = () => activityOf('Flag', mallory, alice.account.uri);
    const filed = async () => (await server.context.db('reports').select('uri')).map(({ uri }) => uri);
    await set(server, EVIL, { severity: 'noop', rejectReports: true });
    expect(await outcomeOf(server, mallory, report())).toBe('ignored: reports-rejected');
    expect(await filed()).toEqual([]);
    expect(await outcomeOf(server, mallory, followOf(mallory, alice.account.uri))).toBe('applied');
    await lift(server, EVIL);
    const heard = report();
    expect(await outcomeOf(server, mallory, heard)).toBe('applied');
    expect(await filed()).toEqual([heard.id]);
  });
});

describe('S15 a suspended server', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await startRig();
  });
  afterAll(() => rig.close());

  test('has no effect by what it sent before and was not carried out yet', async () => {
    const { server, mallory, alice } = rig;
    const { db, federation, ids, inTx } = server.context;
    expect(await outcomeOf(server, mallory, followOf(mallory, alice.account.uri))).toBe('applied');
    await set(server, EVIL, { severity: 'suspend' });
    await quiet(server);
    const activity = followOf(mallory, alice.account.uri);
    const id = ids.next<'inbox'>();
    const body = JSON.stringify(activity);
    await db('inbox_activities').insert({
      ...{ id, actor_uri: mallory.id, activity_uri: activity.id, type: 'Follow' },
      ...{ host: new URL(mallory.id).host, body },
    });
    const checked = await federation.checkInbox(body);
    await inTx(async (tx) => recordOutcomes(tx, [id], await carryOutAll([checked], tx)));
    const row = { state: 'refused', reason: 'domain-suspended' };
    expect(await federation.explain(activity.id)).toMatchObject([row]);
    expect(await db('follows').where({ uri: activity.id })).toEqual([]);
    await lift(server, EVIL);
  });

  test('is not asked about a handle by way of another server', async () => {
    const { server, a, e, alice, mallory } = rig;
    // A says that its handle is really one of E.
    const asked = `acct:lure@${a.host}`;
    a.page(`/.well-known/webfinger?resource=${encodeURIComponent(asked)}`, {
      subject: `acct:mallory@${e.host}`,
      links: [{ rel: 'self', type: 'application/activity+json', href: mallory.id }],
    });
    expect((await alice.find(`@lure@${a.host}`))?.uri).toBe(mallory.id);
    await quiet(server);
    await server.context.inTx((tx) => tx('accounts').where({ actor_uri: mallory.id }).delete());
    await set(server, EVIL, { severity: 'suspend' });
    const before = e.seen.length;
    await expect(alice.find(`@lure@${a.host}`)).rejects.toThrow();
    expect(e.seen.length).toBe(before);
  });
});

describe('S15 where only listed servers may talk', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await startRig({ FEDERATION_MODE: 'allow-list' });
    await set(rig.server, HONEST, { severity: 'allow' });
  });
  afterAll(() => rig.close());

  const named = (host: string): PeerActor => {
    const id = `https://${host}/users/m`;
    return { ...rig.mallory, id, keyId: `${id}#main-key` };
  };

  test('those that are not are refused before anything is fetched, in every spelling', async () => {
    const { server, a, e, alice, mallory } = rig;
    await set(server, 'listed.test', { severity: 'allow' });
    await set(server, 'worse.listed.test', { severity: 'suspend' });
    await set(server, 'noted.test', { severity: 'noop' });
    const strangers = ['other.test', 'OTHER.test.', 'notlisted.test', 'xn--bcher-kva.test', 'noted.test'];
    for (const host of [...strangers, 'worse.listed.test', 'a.WORSE.listed.test.:8443']) {
      const request = signedPost(
        named(host),
        `${server.origin}/inbox`,
        followOf(named(host), alice.account.uri),
      );
      const answer = await withoutEffect(server, [a, e], () => send(server.origin, request));
      expect([host, answer.status]).toEqual([host, 403]);
    }
    const living = await withoutEffect(server, [a, e], () =>
      post(server, mallory, followOf(mallory, alice.account.uri)),
    );
    expect(living.status).toBe(403);
  });

  test('nobody there is looked up; those who are listed are', async () => {
    const { server, e, a, alice, carol, mallory } = rig;
    const asked = e.seen.length;
    await expect(alice.find(mallory.handle)).rejects.toThrow();
    expect(e.seen.length).toBe(asked);
    await letFollow(rig, a, carol);
    expect(await outcomeOf(server, carol, createOf(carol, noteOf(carol)))).toBe('applied');
  });

  test('one that is put on the list is heard a moment later, and taken off it no more at once', async () => {
    const { server, alice, mallory } = rig;
    await set(server, EVIL, { severity: 'allow' });
    rig.ahead += inboxLimits.refusalRememberedMs;
    expect(await outcomeOf(server, mallory, followOf(mallory, alice.account.uri))).toBe('applied');
    await lift(server, EVIL);
    expect((await post(server, mallory, followOf(mallory, alice.account.uri))).status).toBe(403);
  });
});
