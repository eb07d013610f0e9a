import { createPrivateKey, createPublicKey, verify } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { generateActorKeys, signRequest } from './sign.ts';

const keys = await generateActorKeys();
const key = createPrivateKey(keys.privateKeyPem);
const keyId = 'https://video.example/ap/users/1#main-key';
const now = Date.parse('2026-11-21T12:00:00.999Z');

describe('signRequest', () => {
  test('writes the headers that the fediverse expects, and signs exactly their text', async () => {
    const url = new URL('https://Peer.example:8443/inbox?a=b#part');
    const { signature, ...headers } = await signRequest({ method: 'POST', url, body: '{}', key, keyId, now });
    expect(headers).toEqual({
      host: 'peer.example:8443',
      date: 'Sat, 21 Nov 2026 12:00:00 GMT',
      digest: 'SHA-256=RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=',
    });
    const [, value = ''] = /signature="([^"]+)"$/.exec(signature ?? '') ?? [];
    expect(signature).toBe(
      `keyId="${keyId}",algorithm="rsa-sha256",headers="(request-target) host date digest",signature="${value}"`,
    );
    const text = [
      '(request-target): post /inbox?a=b',
      'host: peer.example:8443',
      'date: Sat, 21 Nov 2026 12:00:00 GMT',
      'digest: SHA-256=RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=',
    ].join('\n');
    const publicKey = createPublicKey(keys.publicKeyPem);
    expect(verify('sha256', Buffer.from(text), publicKey, Buffer.from(value, 'base64'))).toBe(true);
  });

  test('signs a request without body without a digest', async () => {
    const headers = await signRequest({
      method: 'GET',
      url: new URL('https://peer.example'),
      key,
      keyId,
      now,
    });
    expect(Object.keys(headers)).toEqual(['host', 'date', 'signature']);
    expect(headers.signature).toContain('headers="(request-target) host date"');
  });
});

describe('signRequest with RFC 9421', () => {
  const url = new URL('https://Peer.example:8443/inbox?a=b#part');
  const created = Date.parse('2026-11-21T12:00:00Z') / 1_000;
  const sign = (more: { method: 'GET' | 'POST'; body?: string }) =>
    signRequest({ ...more, url, key, keyId, now, scheme: 'rfc9421' });
  const isSigned = (lines: string[], signature = '') => {
    const [, value = ''] = /^sig1=:([A-Za-z0-9+/=]+):$/.exec(signature) ?? [];
    const text = Buffer.from(lines.join('\n'));
    return verify('sha256', text, createPublicKey(keys.publicKeyPem), Buffer.from(value, 'base64'));
  };

  test('covers method, target and digest, and signs exactly their text', async () => {
    const { signature, ...headers } = await sign({ method: 'POST', body: '{}' });
    const digest = 'sha-256=:RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=:';
    const parameters = `("@method" "@target-uri" "content-digest");created=${created};keyid="${keyId}";alg="rsa-v1_5-sha256"`;
    expect(headers).toEqual({ 'content-digest': digest, 'signature-input': `sig1=${parameters}` });
    const lines = [
      '"@method": POST',
      '"@target-uri": https://peer.example:8443/inbox?a=b',
      `"content-digest": ${digest}`,
      `"@signature-params": ${parameters}`,
    ];
    expect(isSigned(lines, signature)).toBe(true);
  });

  test('signs the target as it goes over the wire, without a fragment or an empty query', async () => {
    const both = ['https://peer.example/inbox', 'https://peer.example/inbox?#part'].map((address) =>
      signRequest({ method: 'GET', url: new URL(address), key, keyId, now, scheme: 'rfc9421' }),
    );
    const [plain, decorated] = await Promise.all(both);
    expect(decorated).toEqual(plain);
  });

  test('signs a request without body without a digest', async () => {
    const { signature, ...headers } = await sign({ method: 'GET' });
    const parameters = `("@method" "@target-uri");created=${created};keyid="${keyId}";alg="rsa-v1_5-sha256"`;
    expect(headers).toEqual({ 'signature-input': `sig1=${parameters}` });
    const lines = [
      '"@method": GET',
      '"@target-uri": https://peer.example:8443/inbox?a=b',
      `"@signature-params": ${parameters}`,
    ];
    expect(isSigned(lines, signature)).toBe(true);
  });
});

test('generateActorKeys makes a new RSA-2048 pair each time', async () => {
  expect(keys.publicKeyPem).toMatch(/^-----BEGIN PUBLIC KEY-----\n/);
  expect(keys.privateKeyPem).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
  expect(key.asymmetricKeyDetails?.modulusLength).toBe(2048);
  expect(createPublicKey(key).export({ type: 'spki', format: 'pem' })).toBe(keys.publicKeyPem);
  expect((await generateActorKeys()).publicKeyPem).not.toBe(keys.publicKeyPem);
});
