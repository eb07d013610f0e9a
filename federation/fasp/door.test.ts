import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { faspLimits } from '../../config/fasp-limits.ts';
import type { FaspId } from '../../src/lib/ids.ts';
import { createFaspDoor } from './door.ts';
import { signMessage } from './messages.ts';

const theirs = generateKeyPairSync('ed25519');
const own = generateKeyPairSync('ed25519');
const origin = 'https://here.example';
const clock = { now: () => Date.now() };
const provider = {
  ...{ faspId: '7' as FaspId, serverId: 'b2ks6vm8p23w', baseUrl: 'https://finder.example' },
  ...{ ownKey: own.privateKey, providerKey: theirs.publicKey },
};

/** A door of one process of a server; what it saw, the others know by `isFirst`. */
const door = (isFirst: (signature: string, forMs: number) => boolean, time = clock) =>
  createFaspDoor({
    ...{
      origin,
      clock: time,
      fasp: { known: async (id: string) => (id === provider.faspId ? provider : null) },
    },
    isFirst: async (signature, forMs) => isFirst(signature, forMs),
  });

function request({
  key = theirs.privateKey,
  path = '/fasp/a',
  keyId = provider.faspId as string,
  now = clock.now(),
} = {}) {
  const derived = { method: 'POST', targetUri: `${origin}/fasp/a` };
  const headers = signMessage({ derived, body: '{}' }, { keyId, key, now });
  return { method: 'POST', path, rawHeaders: Object.entries(headers).flat(), body: Buffer.from('{}') };
}

test('a request counts once, whichever process of the server it comes to', async () => {
  const known = new Set<string>();
  const isFirst = (signature: string) => !known.has(signature) && known.add(signature).has(signature);
  const [one, another] = [door(isFirst), door(isFirst)];
  const asked = request();
  expect(await one.whoSigned(asked)).toEqual({ provider });
  expect(await one.whoSigned(asked)).toMatchObject({ error: expect.stringContaining('came before') });
  expect(await another.whoSigned(asked)).toMatchObject({ error: expect.stringContaining('came before') });
});

test('a request counts once for as long as its signature is good, also of a clock that is ahead', async () => {
  const begun = clock.now();
  const time = { now: () => begun };
  const known = new Map<string, number>();
  const isFirst = (signature: string, forMs: number) => {
    const isNew = (known.get(signature) ?? 0) <= time.now();
    if (isNew) known.set(signature, time.now() + forMs);
    return isNew;
  };
  const asked = request({ now: begun + faspLimits.clockSkewMs });
  expect(await door(isFirst, time).whoSigned(asked)).toEqual({ provider });
  time.now = () => begun + 2 * faspLimits.clockSkewMs - 2_000;
  // Of another process, or of the same one after a restart.
  expect(await door(isFirst, time).whoSigned(asked)).toMatchObject({
    error: expect.stringContaining('came before'),
  });
  time.now = () => begun + 2 * faspLimits.clockSkewMs + 1_000;
  expect(await door(isFirst, time).whoSigned(asked)).toMatchObject({
    error: expect.stringContaining('too old'),
  });
});

test('a request counts once where the others cannot be asked, too', async () => {
  const alone = door(() => true);
  const asked = request();
  expect(await alone.whoSigned(asked)).toEqual({ provider });
  expect(await alone.whoSigned(asked)).toMatchObject({ error: expect.stringContaining('came before') });
});

test.each([
  ['by another key', { key: own.privateKey }],
  ['for another address', { path: '/fasp/b' }],
  ['in the name of nobody', { keyId: '8' }],
])('a request that is signed %s is of nobody, and uses up nothing', async (_, wrong) => {
  let asked = 0;
  const one = door(() => {
    asked += 1;
    return true;
  });
  expect(await one.whoSigned(request(wrong))).toMatchObject({ error: expect.any(String) });
  expect(asked).toBe(0);
});
