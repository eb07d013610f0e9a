import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from '../../config/config.ts';
import { createContext } from '../../src/context.ts';
import { createLogger } from '../../src/lib/log.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({ role: 'none', variables: { ORIGIN: 'https://video.test' } });
});

afterAll(() => server?.close());

/** Starts again on the database of the first server, as after a change of its settings. */
async function startAgain(origin: string) {
  const { databaseUrl, redisUrl } = server.context;
  const read = readConfig({
    ...{ VIREO_ENV: 'test', DATABASE_URL: databaseUrl, REDIS_URL: redisUrl, DATA_DIR: server.dataDir },
    ...{ ORIGIN: origin, LOG_LEVEL: 'silent' },
  });
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  const created = await createContext(read.config, { log: createLogger('silent') });
  if (created.ok) await created.context.close();
  return created;
}

describe('the origin that ids were made with', () => {
  test('is kept by a start with the same', async () => {
    expect((await startAgain('https://video.test')).ok).toBe(true);
    expect((await startAgain('https://VIDEO.test:443/')).ok).toBe(true);
  });

  test.each(['https://other.test', 'http://video.test', 'https://video.test:8443', 'https://www.video.test'])(
    'is not given up for %s; the message says what to do',
    async (origin) => {
      expect(await startAgain(origin)).toEqual({
        ok: false,
        reason: 'origin-changed',
        detail: `This database belongs to https://video.test, but ORIGIN is ${origin}. Other servers know accounts and videos by the old address. Set ORIGIN=https://video.test, or use another database.`,
      });
    },
  );

  test('nothing of the refused start stays', async () => {
    const { db } = server.context;
    await startAgain('https://other.test');
    expect(await db('accounts').pluck('actor_uri')).toEqual(['https://video.test/actor']);
    expect((await startAgain('https://video.test')).ok).toBe(true);
  });

  test('two that start at once with different ones: one wins', async () => {
    const { instances, inTx, db } = server.context;
    await db('instance_settings').where({ key: 'origin' }).delete();
    const origins = Array.from({ length: 6 }, (_, n) => `https://race-${n}.test`);
    const outcomes = await Promise.all(
      origins.map((origin) => inTx((tx) => instances.claimOrigin(tx, origin))),
    );
    expect(outcomes.filter((outcome) => outcome.ok)).toHaveLength(1);
    await db('instance_settings')
      .where({ key: 'origin' })
      .update({ value: JSON.stringify('https://video.test') });
  });
});

describe('S15 blocked domains', () => {
  test('every spelling of a domain and of those below it', async () => {
    const { instances, inTx } = server.context;
    expect((await inTx((tx) => instances.setPolicy(tx, 'Evil.TEST.', { severity: 'suspend' }))).ok).toBe(
      true,
    );
    expect((await inTx((tx) => instances.setPolicy(tx, 'bücher.test', { severity: 'suspend' }))).ok).toBe(
      true,
    );
    expect((await inTx((tx) => instances.setPolicy(tx, '[::1]', { severity: 'suspend' }))).ok).toBe(true);
    expect((await instances.policies()).map((policy) => policy.domain)).toEqual([
      '[::1]',
      'evil.test',
      'xn--bcher-kva.test',
    ]);
    const blocked = [
      ...[
        'evil.test',
        'EVIL.TEST',
        'evil.test.',
        'evil.test:443',
        'EVIL.TEST.:8443',
        'sub.evil.test',
        'a.b.evil.test',
      ],
      ...[
        'ｅｖｉｌ.test',
        'evil。test',
        'ev\u00adil.test',
        'evil.test\u3002',
        'xn--bcher-kva.test',
        'BÜCHER.test',
      ],
      ...['www.bücher.test', '[::1]', '[::1]:8080', '[0:0:0:0:0:0:0:1]', '[0::0001]', 'sub.evil.test:99'],
    ];
    for (const host of blocked) expect(await instances.isBlocked(host), host).toBe(true);
    const open = [
      'notevil.test',
      'evil.test.com',
      'test',
      'evil',
      'evil-test',
      'bucher.test',
      '[::2]',
      'evilxtest',
    ];
    for (const host of open) expect(await instances.isBlocked(host), host).toBe(false);
    // What names no host is nobody to talk to.
    for (const host of ['', '..', 'a b', 'evil.test/x', 'user@evil.test', '\u0000']) {
      expect(await instances.isBlocked(host), host).toBe(true);
    }
    expect(await inTx((tx) => instances.removePolicy(tx, 'EVIL.test.'))).toBe(true);
    expect(await inTx((tx) => instances.removePolicy(tx, 'evil.test'))).toBe(false);
    expect(await instances.isBlocked('sub.evil.test')).toBe(false);
  });

  test.each(['', ' ', '.', 'https://evil.test', 'evil.test/path', 'a b', '*.evil.test', 'user@evil.test'])(
    '%j cannot be blocked',
    async (domain) => {
      const { instances, inTx } = server.context;
      const refused = await inTx((tx) => instances.setPolicy(tx, domain, { severity: 'suspend' }));
      expect(refused).toMatchObject({ ok: false, reason: 'domain-invalid' });
    },
  );
});
