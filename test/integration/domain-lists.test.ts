import { domainToASCII } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Account } from '../../src/modules/accounts/index.ts';
import type { PolicyChange } from '../../src/modules/instances/index.ts';
import { operator } from '../../src/modules/staff/index.ts';
import { quiet } from '../helpers/activities.ts';
import { empty } from '../helpers/emptying.ts';
import { createPeople, type People } from '../helpers/people.ts';
import { HONEST, type Remote, startRemote } from '../helpers/remote-http.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

let server: TestServer;
let people: People;

beforeAll(async () => {
  server = await startTestServer({ role: 'all' });
  people = createPeople(server);
});
afterAll(() => server?.close());
beforeEach(async () => {
  await empty(server, 'domain_subscriptions', 'domain_excludes', 'domain_policies');
  await quiet(server);
});

const by = operator;
const BOOKS_3 = domainToASCII('bücher3.example');
const BOOKS_4 = domainToASCII('bücher4.example');
const decisions = async () =>
  new Map((await server.context.instances.policies()).map((policy) => [policy.domain, policy]));
const set = (domain: string, change: PolicyChange) => {
  const { domains, inTx } = server.context;
  return inTx((tx) => domains.set(tx, by, { domain, change, reason: '' }));
};
const undo = async (auditId: string | null) => {
  const { domains, inTx } = server.context;
  const id = auditId as Parameters<typeof domains.undo>[2]['auditId'];
  const outcome = await inTx((tx) => domains.undo(tx, by, { auditId: id, reason: 'a mistake' }));
  if (!outcome.ok) throw new Error(outcome.detail);
  return outcome;
};

/** 2,000 lines: servers, and among them what lists really hold. */
function bigList(): string {
  const lines = ['#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate'];
  for (let n = 0; lines.length <= 1_900; n += 1) {
    const severity = ['suspend', 'silence', 'noop'][n % 3];
    lines.push(
      `s${n}.bad.example,${severity},${n % 2 === 0},false,"Reason ${n}, with a comma",${n % 5 === 0}`,
    );
  }
  for (let n = 0; n < 30; n += 1) lines.push(`S${n}.BAD.example.,suspend,true,true,again,false`);
  for (let n = 0; n < 30; n += 1) lines.push(`bücher${n}.example,suspend,false,false,,false`);
  for (let n = 0; n < 20; n += 1) lines.push(`*.wild${n}.example,silence,false,false,,false`);
  for (let n = 0; n < 5; n += 1) lines.push(`hid***n${n}.example,suspend,false,false,,true`);
  lines.push('not a domain,suspend,false,false,,false');
  lines.push('com,suspend,false,false,,false');
  lines.push('odd.example,extreme,false,false,,false');
  lines.push('flags.example,suspend,perhaps,false,,false');
  lines.push('br"oken.example",suspend,false,false,,false');
  lines.push(`127.0.0.1,suspend,false,false,,false`);
  for (let n = 0; lines.length <= 2_000; n += 1) lines.push(`tail${n}.example,suspend,false,false,,false`);
  return `${lines.join('\n')}\n`;
}

describe('OP10 a list of 2,000 lines', { timeout: 120_000 }, () => {
  test('is looked at, applied, taken back; what was decided by hand survives all of it', async () => {
    const { domains, inTx, db, instances } = server.context;
    await set('s1.bad.example', { severity: 'noop', privateComment: 'We know them.' });
    await set(BOOKS_3, { severity: 'allow' });
    await set('hand.example', { severity: 'suspend' });
    const before = await decisions();
    const local = await people.local('fan');
    const there = await people.remote('someone', 's0.bad.example');
    await people.follow(local, there);

    const input = { text: bigList(), privateComment: 'from the big list' };
    expect(input.text.trim().split('\n')).toHaveLength(2_001);
    const preview = await domains.imports.preview(input);
    if (!preview.ok) throw new Error(preview.detail);
    const { plan, effect } = preview;
    expect(await decisions(), 'looking changes nothing').toEqual(before);
    expect(effect).toMatchObject({ accounts: 1, followsOut: 1, localFollowers: 1 });
    expect(plan.kept.map(({ domain }) => domain).sort()).toEqual(['s1.bad.example', BOOKS_3]);
    const counts = Object.groupBy(plan.problems, ({ problem }) => problem);
    expect(counts.duplicate).toHaveLength(30);
    expect(counts.obfuscated).toHaveLength(5);
    expect(
      plan.problems.filter(({ problem }) => !['duplicate', 'obfuscated'].includes(problem)),
    ).toMatchObject([
      { line: 1_987, problem: 'domain-invalid', text: 'not a domain' },
      { line: 1_988, problem: 'top-level', text: 'com' },
      { line: 1_989, problem: 'severity-unknown', text: 'odd.example' },
      { line: 1_990, problem: 'flag-invalid', text: 'flags.example' },
      { line: 1_991, problem: 'domain-invalid', text: 'br"oken.example"' },
      { line: 1_992, problem: 'own-domain', text: '127.0.0.1' },
    ]);

    const applied = await inTx((tx) =>
      domains.imports.apply(tx, by, { ...input, reason: 'spring cleaning' }),
    );
    if (!applied.ok) throw new Error(applied.detail);
    expect(applied.changed).toBe(plan.added.length);
    const now = await decisions();
    expect(now.size).toBe(before.size + plan.added.length);
    for (const [domain, policy] of before) expect(now.get(domain), domain).toEqual(policy);
    // Named twice: the stricter counts.
    expect(now.get('s2.bad.example')).toMatchObject({ severity: 'suspend', rejectReports: true });
    expect(now.get(BOOKS_4)).toMatchObject({ severity: 'suspend', origin: 'import' });
    expect(now.get('wild7.example')).toMatchObject({ severity: 'silence' });
    expect(await instances.standingOf('deep.below.wild7.example')).toMatchObject({ silenced: true });
    expect(now.get('s100.bad.example')).toMatchObject({
      ...{ publicComment: expect.stringContaining('with a comma'), obfuscate: true },
      privateComment: 'from the big list',
    });
    await quiet(server);
    expect(await db('follows').where({ target_id: there.id })).toEqual([]);
    const [entry] = await server.context.audit.list(
      { action: 'domain.import' },
      { maxId: null, minId: null, limit: 1 },
    );
    expect(entry).toMatchObject({ reason: 'spring cleaning', detail: { domains: plan.added.length } });

    // Brought once more, it changes nothing.
    expect(await inTx((tx) => domains.imports.apply(tx, by, { ...input, reason: '' }))).toMatchObject({
      ok: false,
      reason: 'nothing-to-do',
    });

    // What is decided by hand after the file stays, too, when the file is taken back.
    await set('s4.bad.example', { severity: 'suspend', privateComment: 'Now it is ours.' });
    const undone = await undo(applied.auditId);
    expect(undone).toMatchObject({ changed: plan.added.length - 1, kept: ['s4.bad.example'] });
    const after = await decisions();
    expect([...after.keys()].sort()).toEqual([...before.keys(), 's4.bad.example'].sort());
    for (const [domain, policy] of before) expect(after.get(domain), domain).toEqual(policy);
    await quiet(server);
    // Whoever followed there asks again: the other server has to agree anew.
    const [asked] = await db('follows').where({ follower_id: local.id, target_id: there.id });
    expect(asked).toMatchObject({ state: 'pending' });
    await expect(undo(applied.auditId)).rejects.toThrow('already');
  });

  test('goes out as it came in, in the columns of Mastodon', async () => {
    const { domains, inTx } = server.context;
    await inTx((tx) => domains.imports.apply(tx, by, { text: bigList(), privateComment: '', reason: '' }));
    await set('friend.example', { severity: 'allow' });
    const text = await domains.exported();
    expect(text.split('\n')[0]).toBe(
      '#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate',
    );
    expect(text).not.toContain('friend.example');
    const first = await decisions();
    await server.context.db('domain_policies').delete();
    await inTx((tx) => domains.imports.apply(tx, by, { text, privateComment: '', reason: '' }));
    const again = await decisions();
    first.delete('friend.example');
    expect([...again].map(([domain, { id: _, createdAt: __, ...rest }]) => [domain, rest])).toEqual(
      [...first].map(([domain, { id: _, createdAt: __, ...rest }]) => [domain, rest]),
    );
    await set('quiet.example', { severity: 'no-feed' });
    const withNoFeed = await domains.exported();
    expect(withNoFeed).toContain('#obfuscate,#no_feed\n');
    expect(withNoFeed).toContain('quiet.example,noop,false,false,,false,true\n');
  });

  test('of which one line never closes its quote keeps all the others', async () => {
    const text = 'a.example\n"b.example\nc.example\n';
    const read = await server.context.domains.imports.preview({ text, privateComment: '' });
    expect(read).toMatchObject({
      plan: { added: ['a.example', 'c.example'], problems: [{ line: 2, problem: 'unreadable' }] },
    });
  });

  test.each(['', '\u0000', '[1', '{"a":1}'])('%j is no list', async (text) => {
    const outcome = await server.context.domains.imports.preview({ text, privateComment: '' });
    expect(outcome).toMatchObject({ ok: false, reason: 'not-a-domain-list' });
  });
});

describe('a list that is followed', { timeout: 60_000 }, () => {
  let site: Remote;
  let text: string;
  let asked: (string | undefined)[];
  beforeAll(async () => {
    site = await startRemote(HONEST, (req, res) => {
      asked.push(req.headers['if-none-match']);
      const etag = `"${Buffer.from(text).toString('base64url').slice(-40)}"`;
      if (req.headers['if-none-match'] === etag) return void res.writeHead(304).end();
      if (text === 'fail') return void res.writeHead(500).end();
      res.writeHead(200, { 'content-type': 'text/csv', etag }).end(text);
    });
  });
  afterAll(() => site.close());
  beforeEach(() => {
    asked = [];
  });

  const follow = async (path: string, more: object = {}) => {
    const { domains, inTx } = server.context;
    const outcome = await inTx((tx) =>
      domains.subscriptions.subscribe(tx, by, {
        ...{ url: `http://${site.host}${path}`, title: path, priority: 10, drafts: false },
        ...{ adoptOrphans: false, onRetraction: 'remove' as const, ...more },
      }),
    );
    if (!outcome.ok) throw new Error(outcome.detail);
    return outcome.subscription.id;
  };
  const sync = async () => {
    const { domains, db } = server.context;
    await db('domain_subscriptions').update({ next_at: new Date(0) });
    await domains.subscriptions.syncDue(new AbortController().signal);
  };

  test('sets, changes and retracts; what was decided by hand stays', async () => {
    const { domains, db } = server.context;
    await set('hand.example', { severity: 'noop', privateComment: 'ours' });
    text = '#domain,#severity\nhand.example,suspend\none.example,suspend\ntwo.example,silence\n';
    const id = await follow('/list.csv');
    await sync();
    expect((await decisions()).get('one.example')).toMatchObject({
      ...{ severity: 'suspend', origin: 'subscription', subscriptionId: id },
    });
    expect((await decisions()).get('hand.example')).toMatchObject({ severity: 'noop', origin: 'hand' });
    // Not changed: it is not read again.
    await sync();
    expect(asked.at(-1)).toMatch(/^"/);
    // Taken over by hand: theirs no more.
    await set('two.example', { severity: 'suspend' });
    text = '#domain,#severity\nthree.example,suspend\n';
    await sync();
    expect([...(await decisions()).keys()]).toEqual(['hand.example', 'three.example', 'two.example']);
    // A list that fails, or names nobody, retracts nothing, and says so.
    for (const bad of ['fail', '#domain,#severity\n']) {
      text = bad;
      await sync();
      expect([...(await decisions()).keys()]).toContain('three.example');
      expect(await domains.subscriptions.list()).toMatchObject([{ failure: expect.stringMatching(/./) }]);
    }
    const excluded = await server.context.inTx((tx) =>
      domains.subscriptions.exclude(tx, by, { domain: 'three.example', note: 'friends' }),
    );
    expect(excluded.ok).toBe(true);
    text = '#domain,#severity\nthree.example,suspend\nfour.example,suspend\n';
    await sync();
    expect([...(await decisions()).keys()]).toEqual(['four.example', 'hand.example', 'two.example']);
    const ended = await server.context.inTx((tx) =>
      domains.subscriptions.unsubscribe(tx, by, { id, retract: 'remove', reason: '' }),
    );
    expect(ended).toMatchObject({ ok: true, changed: 1 });
    expect([...(await decisions()).keys()]).toEqual(['hand.example', 'two.example']);
    expect(await db('domain_subscriptions')).toEqual([]);
  });

  test('gives way to one that counts for more, and comes back when that retracts', async () => {
    const { inTx, domains } = server.context;
    text = '#domain,#severity\nboth.example,silence\n';
    const low = await follow('/low.csv', { priority: 1 });
    await sync();
    text = '#domain,#severity\nboth.example,suspend\n';
    const high = await follow('/high.csv', { priority: 200 });
    // Each path tells the same text here: the low one is asked no more.
    await server.context
      .db('domain_subscriptions')
      .where({ id: low })
      .update({ next_at: new Date(1e13) });
    await domains.subscriptions.syncDue(new AbortController().signal);
    expect((await decisions()).get('both.example')).toMatchObject({
      severity: 'suspend',
      subscriptionId: high,
    });
    await inTx((tx) =>
      domains.subscriptions.unsubscribe(tx, by, { id: high, retract: 'remove', reason: '' }),
    );
    expect((await decisions()).get('both.example')).toMatchObject({
      severity: 'silence',
      subscriptionId: low,
    });
    // Orphaned, it stays, and is adopted by a list that may.
    await inTx((tx) => domains.subscriptions.unsubscribe(tx, by, { id: low, retract: 'orphan', reason: '' }));
    expect((await decisions()).get('both.example')).toMatchObject({
      origin: 'subscription',
      subscriptionId: null,
    });
    const careful = await follow('/careful.csv');
    await sync();
    expect((await decisions()).get('both.example')).toMatchObject({
      severity: 'silence',
      subscriptionId: null,
    });
    await inTx((tx) =>
      domains.subscriptions.unsubscribe(tx, by, { id: careful, retract: 'remove', reason: '' }),
    );
    // What somebody decided is nobody's orphan.
    await set('hand.example', { severity: 'noop' });
    text = `${text}hand.example,suspend\n`;
    const adopting = await follow('/adopting.csv', { adoptOrphans: true });
    await sync();
    expect((await decisions()).get('hand.example')).toMatchObject({ severity: 'noop', origin: 'hand' });
    expect((await decisions()).get('both.example')).toMatchObject({
      severity: 'suspend',
      subscriptionId: adopting,
    });
  });

  test('in draft mode proposes; what is turned down stays down until the list says otherwise', async () => {
    const { inTx, domains } = server.context;
    text = JSON.stringify([
      { domain: 'yes.example', comment: 'bad' },
      { domain: 'no.example', severity: 'silence' },
    ]);
    const id = await follow('/drafts.json', { drafts: true });
    await sync();
    expect(await decisions()).toEqual(new Map());
    const [no, yes] = await domains.drafts.list(10);
    if (!no || !yes) throw new Error('Nothing is proposed.');
    expect([no.domain, yes.domain]).toEqual(['no.example', 'yes.example']);
    expect(await inTx((tx) => domains.drafts.accept(tx, by, [yes.id]))).toMatchObject({
      ok: true,
      changed: 1,
    });
    expect(await inTx((tx) => domains.drafts.reject(tx, by, [no.id]))).toMatchObject({ ok: true, count: 1 });
    expect((await decisions()).get('yes.example')).toMatchObject({ severity: 'suspend', subscriptionId: id });
    text = `${text} `;
    await sync();
    expect(await domains.drafts.list(10)).toEqual([]);
    text = JSON.stringify([
      { domain: 'yes.example', comment: 'bad' },
      { domain: 'no.example', severity: 'suspend' },
    ]);
    await sync();
    expect(await domains.drafts.list(10)).toMatchObject([
      { domain: 'no.example', decision: { severity: 'suspend' } },
    ]);
  });
});

describe('follows that a suspension ended', () => {
  const between = (one: Account, other: Account) =>
    server.context.db('follows').where({ follower_id: one.id, target_id: other.id }).first();

  const toldTo = (host: string): Promise<string[]> =>
    server.context
      .db('deliveries')
      .join('activities', 'activities.id', 'deliveries.activity_id')
      .where({ host })
      .orderBy('deliveries.id')
      .pluck('type');

  test('come back when it is taken back: ours by asking, theirs at once, but for what is blocked meanwhile', async () => {
    const { domains, inTx, db, social } = server.context;
    const [ann, ben, cat] = [await people.local('ann'), await people.local('ben'), await people.local('cat')];
    const [far, off] = [
      await people.remote('far', 'sub.ended.example'),
      await people.remote('off', 'ended.example'),
    ];
    if (!ann || !ben || !cat || !far || !off) throw new Error('Nobody is there.');
    await people.follow(ann, far);
    await db('follows').where({ follower_id: ann.id }).update({ notify: true });
    await people.follow(cat, far);
    await people.follow(far, ben);
    await people.follow(off, ben);
    const set_ = await set('ended.example', { severity: 'suspend' });
    if (!set_.ok) throw new Error(set_.reason);
    await quiet(server);
    expect(await between(ann, far)).toBeUndefined();
    expect(await domains.returnable('ended.example')).toEqual({ out: 2, in: 2 });
    await inTx((tx) => social.block(tx, ben, off));
    await quiet(server);
    const sent = (await toldTo('sub.ended.example')).length;
    await undo(set_.auditId);
    await quiet(server);
    expect(await between(ann, far)).toMatchObject({ state: 'pending', notify: true });
    expect(await between(cat, far)).toMatchObject({ state: 'pending' });
    expect(await between(far, ben)).toMatchObject({ state: 'accepted' });
    expect(await between(off, ben)).toBeUndefined();
    expect((await toldTo('sub.ended.example')).slice(sent)).toEqual(['Follow', 'Follow']);
    expect(await domains.returnable('ended.example')).toEqual({ out: 0, in: 0 });
  });

  test('not after thirty days', async () => {
    const { db, social } = server.context;
    const [dan, old] = [await people.local('dan'), await people.remote('old', 'old.example')];
    await people.follow(dan, old);
    const done = await set('old.example', { severity: 'suspend' });
    await quiet(server);
    expect(await db('ended_follows').select('follower_id')).toEqual([{ follower_id: dan.id }]);
    await db('ended_follows').update({ ended_at: new Date(Date.now() - 31 * 86_400_000) });
    if (done.ok) await undo(done.auditId);
    await quiet(server);
    expect(await between(dan, old)).toBeUndefined();
    await db('ended_follows').insert({
      ...{ follower_id: dan.id, target_id: old.id, uri: 'x', reblogs: true, notify: false },
      ended_at: new Date(1),
    });
    expect(await social.sweepEndedFollows()).toBe(1);
  });
});
