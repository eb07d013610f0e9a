import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { domainBulkLimits } from '../../config/domain-limits.ts';
import { deliveryLimits, instanceLimits } from '../../config/limits.ts';
import { domainCommand } from '../../src/cli/domain.ts';
import { instanceCommand } from '../../src/cli/instance.ts';
import type { Report } from '../../src/cli/report.ts';
import { sha256 } from '../../src/lib/crypto.ts';
import { operator } from '../../src/modules/staff/index.ts';
import { quiet } from '../helpers/activities.ts';
import { createVideoFactory } from '../helpers/factories.ts';
import { type Client, clientOf, createPeople, type People, type Person } from '../helpers/people.ts';
import { HONEST, type Remote, startRemote } from '../helpers/remote-http.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

let server: TestServer;
let client: Client;
let people: People;
let owner: Person;
let moderator: Person;
let member: Person;
let directory: string;

beforeAll(async () => {
  server = await startTestServer({ role: 'all' });
  client = clientOf(server.origin);
  people = createPeople(server);
  owner = await people.signedIn('boss', 'owner');
  moderator = await people.signedIn('milo', 'moderator');
  member = await people.signedIn('member');
  directory = await mkdtemp(join(tmpdir(), 'vireo-domains-'));
});
afterAll(async () => {
  await server?.close();
  await rm(directory, { recursive: true, force: true });
});

/** Runs a command of the command line on the server under test. */
async function command(noun: typeof domainCommand, ...args: readonly string[]): Promise<Report> {
  const said: Report[] = [];
  const program = noun(async (work) => void said.push(await work(server.context)));
  program.exitOverride().configureOutput({ writeErr: () => undefined });
  for (const one of program.commands) one.exitOverride().configureOutput({ writeErr: () => undefined });
  await program.parseAsync([...args], { from: 'user' });
  const [report] = said;
  if (!report) throw new Error('The command said nothing.');
  return report;
}
const domain = (...args: readonly string[]) => command(domainCommand, ...args);
const instance = (...args: readonly string[]) => command(instanceCommand, ...args);
const numberOf = ({ text }: Report): string => /domain undo (\d+)/.exec(text)?.[1] ?? '';
const severityOf = async (name: string) => (await server.context.instances.policyOf(name))?.severity ?? null;

describe('vireo domain', () => {
  test('shows whom a decision is about, decides, and takes back by the number it told', async () => {
    const there = await people.remote('someone', 'cli.example');
    await people.follow(member.account, there);
    await createVideoFactory(server.context).video(there);
    const looked = await domain('block', 'cli.example', '--dry-run');
    expect(looked).toMatchObject({
      rows: [{ accounts: 1, videos: 1, followsOut: 1, localFollowers: 1, followsIn: 0, openDeliveries: 0 }],
    });
    expect(await severityOf('cli.example')).toBeNull();
    for (const [verb, severity] of [
      ...([
        ['silence', 'silence'],
        ['no-feed', 'no-feed'],
        ['allow', 'allow'],
        ['block', 'suspend'],
      ] as const),
    ]) {
      expect((await domain(verb, 'cli.example', '--comment', 'Because.')).ok, verb).toBe(true);
      expect(await severityOf('cli.example')).toBe(severity);
    }
    const last = await domain('set', 'cli.example', '--severity', 'suspend', '--days', '7', '--obfuscate');
    expect(last).toMatchObject({ rows: [{ severity: 'suspend', privateComment: 'Because.' }] });
    expect((await server.context.instances.policyOf('cli.example'))?.expiresAt).toBeInstanceOf(Date);
    await quiet(server);
    expect(await domain('remove', 'cli.example', '--dry-run')).toMatchObject({ rows: [{ out: 1, in: 0 }] });
    expect(await severityOf('cli.example')).toBe('suspend');
    const lifted = await domain('unblock', 'CLI.example');
    expect(lifted.ok).toBe(true);
    expect(await domain('undo', numberOf(lifted))).toMatchObject({ ok: true });
    expect(await severityOf('cli.example')).toBe('suspend');
    expect(await domain('undo', numberOf(lifted))).toMatchObject({ ok: false });
    expect(await domain('undo', 'nonsense')).toMatchObject({ ok: false });
    expect(await domain('media', 'cli.example', 'off')).toMatchObject({ rows: [{ mediaMode: 'off' }] });
    expect(await domain('block', new URL(server.origin).host)).toMatchObject({ ok: false });
    expect((await domain('remove', 'cli.example')).ok).toBe(true);
    expect(await domain('remove', 'cli.example')).toMatchObject({ ok: false });
  });

  test('imports and exports files, and takes an import back', async () => {
    const file = join(directory, 'list.csv');
    await writeFile(
      file,
      '#domain,#severity\none.file.example,suspend\n*.two.file.example,silence\nx*y.example,\n',
    );
    const looked = await domain('import', file, '--dry-run');
    expect(looked).toMatchObject({ ok: true, rows: [{ line: 4, problem: 'obfuscated' }] });
    expect(await severityOf('one.file.example')).toBeNull();
    const done = await domain('import', file, '--comment', 'from a file');
    expect(done.text).toContain('2 were added');
    const out = join(directory, 'out.csv');
    expect((await domain('export', out)).ok).toBe(true);
    expect(await readFile(out, 'utf8')).toContain('one.file.example,suspend,false,false,,false\n');
    expect((await domain('export')).text).toBe((await readFile(out, 'utf8')).trimEnd());
    expect(await domain('undo', numberOf(done))).toMatchObject({ ok: true });
    expect(await severityOf('two.file.example')).toBeNull();
    expect((await domain('import', file, '--allow')).ok).toBe(true);
    expect(await severityOf('one.file.example')).toBe('allow');
    expect(await domain('list', '--severity', 'allow')).toMatchObject({
      rows: [{ domain: 'one.file.example' }, { domain: 'two.file.example' }],
    });
    await expect(domain('import', join(directory, 'none.csv'))).rejects.toThrow('cannot be read');
  });

  test('follows lists, answers what they propose, and says who may read whom it limits', async () => {
    const made = await domain('subscribe', 'https://lists.test/a.csv', '--priority', '9');
    expect(made).toMatchObject({ ok: true, rows: [{ priority: 9, drafts: true }] });
    expect(await domain('subscribe', 'https://lists.test/a.csv')).toMatchObject({ ok: false });
    expect(await domain('subscribe', 'ftp://lists.test/a.csv')).toMatchObject({ ok: false });
    const { db, ids } = server.context;
    const [{ id }] = await db('domain_subscriptions').select('id');
    for (const name of ['yes.draft.example', 'no.draft.example']) {
      const decision = {
        severity: 'suspend',
        rejectMedia: false,
        rejectReports: false,
        publicComment: '',
        obfuscate: false,
      };
      const draft = { id: ids.next(), subscription_id: id, domain: name, decision: JSON.stringify(decision) };
      await db('domain_drafts').insert(draft);
      expect(await domain('drafts')).toMatchObject({ rows: [{ domain: name }] });
      expect((await domain('drafts', name.startsWith('yes') ? '--accept' : '--reject')).ok).toBe(true);
    }
    expect(await domain('drafts', '--accept', '--reject')).toMatchObject({ ok: false });
    expect(await severityOf('yes.draft.example')).toBe('suspend');
    expect(await severityOf('no.draft.example')).toBeNull();
    expect((await domain('retry', id)).ok).toBe(true);
    expect(await domain('retry', '12')).toMatchObject({ ok: false });
    expect(await domain('subscriptions')).toMatchObject({ rows: [{ policies: 1 }] });
    expect((await domain('exclude', 'yes.draft.example', '--note', 'friends')).ok).toBe(true);
    expect((await domain('exclude', 'yes.draft.example', '--undo')).ok).toBe(true);
    expect(await domain('exclude', 'yes.draft.example', '--undo')).toMatchObject({ ok: false });
    expect(await domain('unsubscribe', id)).toMatchObject({ ok: true, text: '1 policies changed.' });
    expect(await severityOf('yes.draft.example')).toBeNull();
    expect(await domain('publish')).toMatchObject({ rows: [{ audience: 'members' }] });
  });

  test('purges what is here of a domain, after it has counted it', async () => {
    const { db } = server.context;
    const there = await people.remote('gone', 'sub.purge.example');
    const videoId = await createVideoFactory(server.context).video(there);
    expect(await domain('purge', 'purge.example', '--dry-run')).toMatchObject({ rows: [{ accounts: 1 }] });
    expect((await db('accounts').where({ id: there.id }).first()).state).toBe('active');
    expect(await domain('purge', 'purge.example')).toMatchObject({ ok: true, rows: [{ accounts: 1 }] });
    await quiet(server);
    expect((await db('accounts').where({ id: there.id }).first()).state).toBe('deleted');
    expect((await client.get(`/api/v1/statuses/${videoId}`)).status).toBe(404);
    expect(await domain('purge', 'no host')).toMatchObject({ ok: false });
  });

  test('goes on with a purge that was cut off, and tells how far it has come', async () => {
    const { context } = server;
    const { db, domains } = context;
    const total = domainBulkLimits.accountsAtOnce + 6;
    for (let n = 0; n < total; n += 1) await people.remote(`many${n}`, 'big.example');
    await db('instances').insert({ host: 'big.example', first_seen_at: new Date() }).onConflict().ignore();
    // No worker may be quicker than this test.
    await context.inTx((tx) => context.work.pause(tx, operator, 'default'));
    const at = '/api/v1/admin/instances/big.example';
    const asked = await client.post(`${at}/purge`, { as: owner, body: { reason: 'Spam.' } });
    expect(asked).toMatchObject({ status: 202, body: { purge: { total, ended: 0, finished_at: null } } });
    const cut = new AbortController();
    const tell = () => cut.abort();
    await expect(domains.servers.endAll('big.example', { signal: cut.signal, tell })).rejects.toThrow();
    const half = await client.get(at, { as: owner });
    expect(half.body.purge).toMatchObject({
      total,
      ended: domainBulkLimits.accountsAtOnce,
      finished_at: null,
    });
    // Asked for again, it goes on where it was.
    const again = await client.post(`${at}/purge`, { as: owner, body: { reason: 'Spam.' } });
    expect(again.body.purge.ended).toBe(domainBulkLimits.accountsAtOnce);
    await context.inTx((tx) => context.work.resume(tx, operator, 'default'));
    await quiet(server);
    expect(await domains.servers.purgeOf('big.example')).toMatchObject({ total, ended: total });
    expect((await client.get(at, { as: owner })).body.purge.finished_at).not.toBeNull();
    const left = await db('accounts').where({ domain: 'big.example' }).whereNot({ state: 'deleted' });
    expect(left).toHaveLength(0);
  });
});

describe('the list for others of whom this server limits', () => {
  const list = (as?: Person) => client.get('/api/v1/instance/domain_blocks', as ? { as } : {});
  const publish = (audience: string, as: Person) =>
    client.put('/api/v1/admin/domains/list_audience', { as, body: { audience } });

  test('is for whom the staff wants, and hides part of names where it wants that', async () => {
    const { domains, inTx } = server.context;
    const change = { severity: 'suspend' as const, publicComment: 'Spam', privateComment: 'secret' };
    await inTx((tx) =>
      domains.set(tx, operator, {
        domain: 'listed-here.example',
        change: { ...change, obfuscate: true },
        reason: '',
      }),
    );
    const digest = sha256(Buffer.from('listed-here.example')).toString('hex');
    expect((await list()).status).toBe(404);
    expect((await list(member)).body).toMatchObject([
      { domain: 'liste******.***mple', digest, severity: 'suspend', comment: 'Spam' },
    ]);
    expect((await publish('public', moderator)).status).toBe(403);
    expect((await publish('public', owner)).status).toBe(200);
    const shown = await list();
    expect(shown.body).toHaveLength(1);
    expect(shown.text).not.toMatch(/secret|listed-here/);
    expect((await publish('hidden', owner)).status).toBe(200);
    expect((await list(member)).status).toBe(404);
    expect((await publish('members', owner)).status).toBe(200);
    await inTx((tx) => domains.remove(tx, operator, { domain: 'listed-here.example', reason: '' }));
  });
});

describe('what is known of servers', () => {
  const api = '/api/v1/admin/instances';

  test('is found by what they are, and told with all that goes on', async () => {
    const { db, instances } = server.context;
    const seen = new Date(Date.now() - 40 * 86_400_000);
    for (const [host, software] of [
      ['a.known.example', 'mastodon'],
      ['b.known.example', 'peertube'],
    ] as const) {
      await people.remote('one', host);
      await db('instances').insert({ host, software, first_seen_at: seen, last_inbound_at: seen });
    }
    await people.remote('two', 'b.known.example');
    const since = new Date(Date.now() - 3_600_000);
    const failing = {
      failing_since: since,
      failures: 7,
      open_until: new Date(Date.now() + 3_600_000),
      updated_at: since,
    };
    await db('delivery_hosts').insert({ host: 'b.known.example', ...failing });
    const hosts = async (query: string): Promise<string[]> => {
      const answer = await client.get(`${api}?search=known.example&${query}`, { as: owner });
      return answer.body.map((one: { host: string }) => one.host);
    };
    expect(await hosts('')).toEqual(['a.known.example', 'b.known.example']);
    expect(await hosts('limit=1')).toEqual(['a.known.example']);
    expect(await hosts('limit=1&cursor=a.known.example')).toEqual(['b.known.example']);
    expect(await hosts('software=peertube')).toEqual(['b.known.example']);
    expect(await hosts('failing=true')).toEqual(['b.known.example']);
    expect(await hosts('failing=false')).toEqual(['a.known.example']);
    expect(await hosts('min_accounts=2')).toEqual(['b.known.example']);
    expect(await hosts('max_accounts=1')).toEqual(['a.known.example']);
    expect(await hosts('silent_days=39')).toEqual(['a.known.example', 'b.known.example']);
    expect(await hosts('newer_than_days=39')).toEqual([]);
    expect(await hosts('limited=true')).toEqual([]);
    const decided = await client.post('/api/v1/admin/domains/decide', {
      as: owner,
      body: { domains: ['a.known.example', 'b.known.example'], severity: 'silence', reason: 'loud' },
    });
    expect(decided.body).toMatchObject({ changed: 2 });
    expect(await hosts('limited=true')).toEqual(['a.known.example', 'b.known.example']);

    instances.refusedOf('b.known.example', 'bad-digest');
    instances.refusedOf('b.known.example', 'bad-digest');
    instances.refusedOf('never-met.example', 'bad-digest');
    expect(await instances.writeRefusals()).toBe(1);
    const one = await client.get(`${api}/b.known.example`, { as: owner });
    expect(one.body).toMatchObject({
      ...{ host: 'b.known.example', software: 'peertube', accounts: 2, failures: 7, severity: 'silence' },
      policy: { domain: 'b.known.example', origin: 'hand' },
      refusals: [{ reason: 'bad-digest', count: 2 }],
      blocked_by: [],
    });
    await db('instance_refusals').update({
      day: new Date(Date.now() - instanceLimits.keptSilentMs - 86_400_000),
    });
    await instances.writeRefusals();
    expect((await client.get(`${api}/b.known.example`, { as: owner })).body.refusals).toEqual([]);

    expect(await instance('list', '--failing', '--search', 'known')).toMatchObject({
      rows: [{ host: 'b.known.example' }],
    });
    expect(await instance('show', 'B.known.example')).toMatchObject({ rows: [{ deadLetters: 0 }] });
    expect(await instance('show', 'nobody.example')).toMatchObject({ ok: false });
    expect((await instance('retry', 'b.known.example')).ok).toBe(true);
    const [row] = await db('delivery_hosts').where({ host: 'b.known.example' });
    expect(
      row === undefined || Number(row.open_until) <= Date.now() + deliveryLimits.longestProbePauseMs,
    ).toBe(true);
    const undone = await client.post('/api/v1/admin/domains/undo', {
      as: owner,
      body: { id: decided.body.id },
    });
    expect(undone.body).toMatchObject({ changed: 2, kept: [] });
    expect((await client.get(api, { as: moderator })).status).toBe(403);
  });

  test('a probe asks as this server would, and tells each step', async () => {
    const { db } = server.context;
    const remote = await startRemote(HONEST, (request, response) => {
      if (request.path === '/.well-known/nodeinfo') {
        const href = remote.url('/nodeinfo/2.0');
        return void response.end(
          JSON.stringify({ links: [{ rel: 'http://nodeinfo.diaspora.software/ns/schema/2.0', href }] }),
        );
      }
      if (request.path === '/nodeinfo/2.0') {
        return void response.end(
          JSON.stringify({ version: '2.0', software: { name: 'Tester', version: '3' } }),
        );
      }
      response.writeHead(404).end();
    });
    try {
      await db('instances').insert({ host: remote.host });
      const probed = await client.post(`${api}/${remote.host}/probe`, { as: owner });
      expect(probed.body.steps).toEqual(
        expect.arrayContaining([expect.objectContaining({ step: 'nodeinfo', what: 'tester 3' })]),
      );
      expect(await instance('ping', remote.host)).toMatchObject({
        ok: true,
        text: expect.stringContaining('tester 3'),
      });
      await domain('block', HONEST);
      const before = remote.seen.length;
      expect(await instance('probe', remote.host)).toMatchObject({ ok: false });
      expect(remote.seen.length).toBe(before);
      await domain('remove', HONEST);
    } finally {
      await remote.close();
    }
  });
});

describe('whom other servers block', () => {
  let peers: Remote[];
  let blocks: object[];
  beforeAll(async () => {
    blocks = [{ domain: 'old-news.example', severity: 'suspend' }];
    const tell = () =>
      startRemote(HONEST, (request, response) => {
        if (request.path !== '/api/v1/instance/domain_blocks') return void response.writeHead(404).end();
        response.end(JSON.stringify(blocks));
      });
    peers = await Promise.all([tell(), tell(), tell()]);
  });
  afterAll(() => Promise.all(peers.map((peer) => peer.close())));

  const ask = async () => {
    await server.context.db('block_watches').update({ next_at: new Date(0) });
    await server.context.domains.peers.askDue(new AbortController().signal);
  };
  const notices = async () => (await client.get('/api/v1/admin/domains/notices', { as: owner })).body;

  test('is told once several do newly, is put away for good, and is never applied', async () => {
    const { db } = server.context;
    for (const peer of peers) {
      const body = { host: peer.host };
      expect((await client.post('/api/v1/admin/domains/watches', { as: owner, body })).status).toBe(200);
    }
    await ask();
    expect(await notices(), 'what stood there before is no news').toEqual([]);
    await db('instances').insert({ host: 'hidden-name.example' });
    const digest = sha256(Buffer.from('hidden-name.example')).toString('hex');
    blocks = [
      { domain: 'old-news.example', severity: 'suspend' },
      { domain: 'Fresh.example', severity: 'suspend', comment: 'spam wave' },
      { domain: 'hidd**-****.*ample', digest, severity: 'suspend' },
      { domain: 'quiet.example', severity: 'silence' },
    ];
    await ask();
    expect(
      (await notices()).map(({ domain: name, peers: count }: { domain: string; peers: number }) => [
        name,
        count,
      ]),
    ).toEqual([
      ['fresh.example', 3],
      ['hidden-name.example', 3],
    ]);
    expect(await severityOf('fresh.example')).toBeNull();
    const detail = await client.get('/api/v1/admin/instances/hidden-name.example', { as: owner });
    expect(detail.body.blocked_by).toHaveLength(3);
    const dismissed = { as: owner, body: { domain: 'fresh.example' } };
    expect((await client.post('/api/v1/admin/domains/notices/dismiss', dismissed)).status).toBe(200);
    expect((await client.post('/api/v1/admin/domains/notices/dismiss', dismissed)).status).toBe(404);
    await ask();
    expect(await notices()).toHaveLength(1);
  });

  test('a server that tells nothing says why, and one that is asked no more is forgotten', async () => {
    const { domains, db } = server.context;
    blocks = [{ nonsense: true }];
    await ask();
    const watched = await domains.peers.watches();
    expect(watched).toHaveLength(3);
    expect(watched.every(({ failure, blocks: kept }) => failure !== null && kept === 4)).toBe(true);
    for (const { host } of watched) {
      const address = `/api/v1/admin/domains/watches?host=${encodeURIComponent(host)}`;
      expect((await client.delete(address, { as: owner })).status).toBe(200);
    }
    expect(await db('peer_blocks')).toEqual([]);
  });
});
