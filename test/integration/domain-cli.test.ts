import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createWorld, type World } from '../helpers/cli/world.ts';

/** Decisions about many servers from the command line, and what servers that are asked say. */
const DAY_MS = 24 * 3_600_000;

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world?.close());

const domain = (...words: readonly string[]) => world.cli('domain', ...words);
const severityOf = async (name: string) =>
  (await world.server.context.instances.policyOf(name))?.severity ?? null;

async function known(host: string, software: string, daysAgo: number): Promise<void> {
  await world.server.context.db('instances').insert({
    ...{ host, software, first_seen_at: new Date(Date.now() - daysAgo * DAY_MS) },
  });
}

describe('vireo domain bulk', () => {
  const silence = ['--severity', 'silence'];

  beforeEach(async () => {
    const { db } = world.server.context;
    await db('domain_policies').delete();
    await db('instances').delete();
    await known('new-one.example', 'spamware', 1);
    await known('new-two.example', 'spamware', 2);
    await known('old.example', 'spamware', 300);
    await known('other.example', 'mastodon', 1);
  });

  test('finds servers by software, age and size, shows whom it is about, decides once and is taken back', async () => {
    const { people } = world;
    for (const name of ['ana', 'ben', 'cem']) await people.remote(name, 'new-two.example');
    const which = ['--software', 'spamware', '--newer-than', '7'];

    const tried = await domain('bulk', ...which, ...silence, '--dry-run');
    expect(tried.rows.map(({ host }) => host)).toEqual(['new-one.example', 'new-two.example']);
    expect(tried.message).toContain('It is about 3 accounts');
    expect(tried.message).not.toContain('Taken back by');
    expect(await severityOf('new-one.example')).toBeNull();

    const small = await domain('bulk', ...which, '--max-accounts', '2', ...silence, '--dry-run');
    expect(small.rows.map(({ host }) => host)).toEqual(['new-one.example']);

    const notes = ['--private-comment', 'A wave.', '--public-comment', 'Spam.', '--days', '30'];
    const done = await domain('bulk', ...which, ...silence, ...notes, '--reject-media', '--reason', 'Waves.');
    expect(done).toMatchObject({ code: 0, message: expect.stringContaining('2 of 2 domains are changed') });
    for (const name of ['new-one.example', 'new-two.example']) {
      const policy = await world.server.context.instances.policyOf(name);
      expect(policy).toMatchObject({
        ...{ severity: 'silence', rejectMedia: true, publicComment: 'Spam.', privateComment: 'A wave.' },
      });
      expect(Number(policy?.expiresAt)).toBeGreaterThan(Date.now() + 29 * DAY_MS);
    }
    expect(await severityOf('old.example')).toBeNull();
    expect(await severityOf('other.example')).toBeNull();

    const number = /domain undo (\d+)/.exec(done.message)?.[1] ?? '';
    const entry = await world.server.context.db('audit_log').where({ id: number }).first();
    expect(entry).toMatchObject({ action: 'domain.bulk', actor_kind: 'operator', reason: 'Waves.' });
    // A trial has no number by which it could be taken back.
    expect((await domain('undo', number, '--dry-run')).message).not.toContain('Taken back by');
    expect((await domain('undo', number)).code).toBe(0);
    expect(await severityOf('new-two.example')).toBeNull();
  });

  test('takes names instead, and is never about all there is', async () => {
    const named = await domain('bulk', 'a.example', 'b.example', '--severity', 'suspend');
    expect(named.code).toBe(0);
    expect([await severityOf('a.example'), await severityOf('b.example')]).toEqual(['suspend', 'suspend']);
    expect(await domain('bulk', ...silence)).toMatchObject({ code: 2, reason: 'usage' });
    expect(await domain('bulk', 'a.example', '--failing', ...silence)).toMatchObject({ code: 2 });
    expect(await domain('bulk', 'not a name', ...silence)).toMatchObject({ code: 2 });
    expect(await domain('bulk', '--software', 'nothing', ...silence)).toMatchObject({ code: 3 });
    expect(await severityOf('other.example')).toBeNull();
  });
});

describe('vireo domain watch', () => {
  const watched = async () => (await domain('watches')).rows.map(({ host }) => host);

  test('asks a server that is named, and those that people here follow most', async () => {
    const { people } = world;
    const [here, there] = [await people.local('fan'), await people.remote('star', 'stars.example')];
    await people.follow(here, there);

    expect(await domain('watch', 'chosen.example', '--dry-run')).toMatchObject({ code: 0 });
    expect(await watched()).toEqual([]);
    expect((await domain('watch', 'chosen.example')).code).toBe(0);
    const most = await domain('watch', '--most-followed', '5');
    expect(most).toMatchObject({ code: 0, rows: [{ host: 'stars.example' }] });
    expect(await watched()).toEqual(['chosen.example', 'stars.example']);

    expect((await domain('watch', '--most-followed', '0')).code).toBe(0);
    expect(await watched(), 'those that were named stay').toEqual(['chosen.example']);
    expect(await domain('unwatch', 'chosen.example', '--dry-run')).toMatchObject({ code: 0 });
    expect(await watched()).toEqual(['chosen.example']);
    expect(await domain('unwatch', 'chosen.example')).toMatchObject({ code: 0 });
    expect(await watched()).toEqual([]);
  });

  test('refuses what is not one of both', async () => {
    expect(await domain('watch')).toMatchObject({ code: 2, reason: 'usage' });
    expect(await domain('watch', 'a.example', '--most-followed', '3')).toMatchObject({ code: 2 });
    expect(await domain('watch', '--most-followed', '101')).toMatchObject({ code: 2 });
    expect(await domain('watch', 'not a name')).toMatchObject({ code: 2, reason: 'domain-invalid' });
  });
});
