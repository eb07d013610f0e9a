import { expect, test } from 'vitest';
import { createAddressPolicy } from '../../lib/net/ip-policy.ts';
import type { FaspDeps } from './deps.ts';
import { faspProviders } from './providers.ts';

test.each(['https://here.example', 'https://HERE.example/fasp/', 'https://here.example:443'])(
  'nobody registers this server itself, as %s',
  async (baseUrl) => {
    const asked = { name: 'Finder', baseUrl, serverId: 'a', publicKey: '' };
    // It is refused by its address alone, before anything is looked up or kept.
    const deps = {
      policy: createAddressPolicy({ allowedPrivate: [] }),
      ports: [443],
      ownHost: 'here.example',
    };
    const register = faspProviders(deps as unknown as FaspDeps).register;
    expect(await register(undefined as never, asked)).toMatchObject({
      ...{ ok: false, reason: 'invalid', detail: expect.stringContaining('this server itself') },
    });
  },
);
