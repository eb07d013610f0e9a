import { describe, expect, test } from 'vitest';
import { inboxLimits } from '../../config/limits.ts';
import { createLogger } from '../../src/lib/log.ts';
import { createUrls } from '../../src/modules/instances/index.ts';
import { createGate, type GateDeps, type InboxRequest } from './gate.ts';

const ACTOR = 'https://a.example/users/carol';

/** A gate whose signatures are right when they read `right`; it stores nothing, only counts. */
function gateWithoutDatabase() {
  const stored: string[] = [];
  const busy = { store: false, senders: false };
  const fresh = new Set<string>();
  const suspended = new Set<string>();
  const isLooking = (host: string) =>
    busy.senders ? 'busy' : { suspended: suspended.has(host), silenced: false };
  const deps = {
    log: createLogger('silent'),
    urls: createUrls('https://video.example'),
    senders: {
      standingOf: async (host: string) => isLooking(host),
      stateOf: async () => null,
      isNew: async (host: string) => fresh.has(host),
    },
    store: async () => {
      if (busy.store) return 'busy';
      stored.push(ACTOR);
      return 'stored';
    },
    verify: async ({ rawHeaders }: Pick<InboxRequest, 'rawHeaders'>) =>
      rawHeaders.join().includes(`signature="right"`)
        ? { ok: true, keyId: `${ACTOR}#main-key`, actorId: ACTOR, covered: ['date'] }
        : { ok: false, status: 401, reason: 'bad-signature', detail: 'No.' },
  };
  return { gate: createGate(deps as unknown as GateDeps), stored, busy, suspended, fresh };
}

function request(signature: 'right' | 'wrong', ip: string): InboxRequest {
  const parameters = `keyId="${ACTOR}#main-key",algorithm="rsa-sha256",headers="date",signature="${signature}"`;
  return {
    path: '/inbox',
    rawHeaders: ['Signature', parameters],
    contentType: 'application/activity+json',
    readBody: async () => ({
      body: Buffer.from(JSON.stringify({ type: 'Like', actor: ACTOR, object: 'https://video.example/x' })),
    }),
    ip,
  };
}

/** Requests from ever new addresses, so that only the budget of the host counts. */
async function flood(gate: ReturnType<typeof createGate>, signature: 'right' | 'wrong'): Promise<void> {
  for (let sent = 0; sent < inboxLimits.requestsPerHostPerMinute; sent += 1) {
    await gate(request(signature, `192.0.2.${sent}`));
  }
}

describe('R9 budgets of the inbox', () => {
  test('what a server sends is bounded', async () => {
    const { gate, stored } = gateWithoutDatabase();
    await flood(gate, 'right');
    expect(await gate(request('right', '198.51.100.1'))).toMatchObject({ status: 429 });
    expect(stored).toHaveLength(inboxLimits.requestsPerHostPerMinute);
  });

  test('a server that became known a short while ago may send half as much', async () => {
    const { gate, stored, fresh } = gateWithoutDatabase();
    fresh.add(new URL(ACTOR).host);
    await flood(gate, 'right');
    expect(stored).toHaveLength(inboxLimits.requestsPerHostPerMinute / 2);
  });

  test('requests that merely name a server do not use up its budget', async () => {
    const { gate } = gateWithoutDatabase();
    await flood(gate, 'wrong');
    expect(await gate(request('right', '198.51.100.1'))).toEqual({ status: 202 });
  });

  test('what comes from one address is bounded, whomever it names', async () => {
    const { gate } = gateWithoutDatabase();
    for (let sent = 0; sent < inboxLimits.requestsPerAddressPerMinute; sent += 1) {
      await gate(request('wrong', '203.0.113.9'));
    }
    expect(await gate(request('right', '203.0.113.9'))).toMatchObject({ status: 429 });
    expect(await gate(request('right', '198.51.100.1'))).toEqual({ status: 202 });
  });
});

test('S15 a suspended server is refused by its name alone, whatever it brings', async () => {
  const { gate, stored, suspended } = gateWithoutDatabase();
  suspended.add('a.example');
  const readBody = () => Promise.reject(new Error('The body was read.'));
  expect(await gate({ ...request('right', '198.51.100.1'), readBody })).toMatchObject({ status: 403 });
  expect(stored).toEqual([]);
});

describe('a server that has too much to do', () => {
  test.each(['store', 'senders'] as const)('asks to be sent to later: %s', async (part) => {
    const { gate, stored, busy } = gateWithoutDatabase();
    busy[part] = true;
    expect(await gate(request('right', '198.51.100.1'))).toMatchObject({
      status: 503,
      retryAfterSeconds: inboxLimits.busyRetrySeconds,
    });
    expect(stored).toEqual([]);
    busy[part] = false;
    expect(await gate(request('right', '198.51.100.1'))).toEqual({ status: 202 });
  });
});
