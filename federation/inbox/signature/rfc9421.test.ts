import { createPublicKey } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { signatureLimits } from '../../../config/limits.ts';
import { checkContentDigest } from './digest.ts';
import { signatureBase } from './rfc9421.ts';
import { type InnerList, parseDictionary } from './structured-fields.ts';
import { isSignature } from './verify.ts';

const limits = { maxCharacters: 4_000, maxMembers: 4, maxItems: 16, maxParameters: 8 };
const BODY = Buffer.from('{"hello": "world"}');

/** The request of RFC 9421 appendix B.2, as the host that gets it sees it. */
const request = { method: 'POST', path: '/foo?param=Value&Pet=dog', rawHeaders: [], body: BODY };
const headers = new Map([
  ['host', 'example.com'],
  ['date', 'Tue, 20 Apr 2021 02:07:55 GMT'],
  ['content-type', 'application/json'],
  [
    'content-digest',
    'sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:',
  ],
  ['content-length', '18'],
  ['forwarded', 'for=192.0.2.123;host=example.com;proto=https'],
]);

function inputOf(text: string): InnerList {
  const member = parseDictionary(`a=${text}`, limits)?.get('a');
  if (!member || !('items' in member)) throw new Error('It is not the list of a signature.');
  return member;
}

/** Whether a signature of the standard fits the text that we say was signed. */
function fits(
  pem: string,
  algorithm: 'ed25519' | 'rsa-v1_5-sha256',
  origin: string,
  input: string,
  value: string,
) {
  const base = signatureBase(inputOf(input), request, headers, origin);
  if (typeof base !== 'string') throw new Error(base.detail);
  return isSignature(algorithm, createPublicKey(pem), Buffer.from(base), Buffer.from(value, 'base64'));
}

describe('the examples of RFC 9421', () => {
  test('B.2.6: Ed25519', () => {
    const pem = `-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=
-----END PUBLIC KEY-----`;
    const input =
      '("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"';
    const value = 'wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==';
    expect(fits(pem, 'ed25519', 'https://example.com', input, value)).toBe(true);
    expect(fits(pem, 'ed25519', 'https://example.org', input, value)).toBe(false);
    expect(fits(pem, 'ed25519', 'https://example.com', input.replace('73', '74'), value)).toBe(false);
  });

  test('4.3: RSA PKCS#1 v1.5, by a proxy that saw another authority', () => {
    const pem = `-----BEGIN RSA PUBLIC KEY-----
MIIBCgKCAQEAhAKYdtoeoy8zcAcR874L8cnZxKzAGwd7v36APp7Pv6Q2jdsPBRrw
WEBnez6d0UDKDwGbc6nxfEXAy5mbhgajzrw3MOEt8uA5txSKobBpKDeBLOsdJKFq
MGmXCQvEG7YemcxDTRPxAleIAgYYRjTSd/QBwVW9OwNFhekro3RtlinV0a75jfZg
kne/YiktSvLG34lw2zqXBDTC5NHROUqGTlML4PlNZS5Ri2U4aCNx2rUPRcKIlE0P
uKxI4T+HIaFpv8+rdV6eUgOrB2xeI1dSFFn/nnv5OoZJEIB+VmuKn3DCUcCZSFlQ
PSXSfBDiUGhwOw76WuSSsf1D4b/vLoJ10wIDAQAB
-----END RSA PUBLIC KEY-----`;
    const input =
      '("@method" "@authority" "@path" "content-digest" "content-type" "content-length" "forwarded");created=1618884480;keyid="test-key-rsa";alg="rsa-v1_5-sha256";expires=1618884540';
    const value =
      'S6ZzPXSdAMOPjN/6KXfXWNO/f7V6cHm7BXYUh3YD/fRad4BCaRZxP+JH+8XY1I6+8Cy+CM5g92iHgxtRPz+MjniOaYmdkDcnL9cCpXJleXsOckpURl49GwiyUpZ10KHgOEe11sx3G2gxI8S0jnxQB+Pu68U9vVcasqOWAEObtNKKZd8tSFu7LB5YAv0RAGhB8tmpv7sFnIm9y+7X5kXQfi8NMaZaA8i2ZHwpBdg7a6CMfwnnrtflzvZdXAsD3LH2TwevU+/PBPv0B6NMNk93wUs/vfJvye+YuI87HU38lZHowtznbLVdp770I6VHR6WfgS9ddzirrswsE1w5o0LV/g==';
    expect(fits(pem, 'rsa-v1_5-sha256', 'https://origin.host.internal.example', input, value)).toBe(true);
    expect(fits(pem, 'rsa-v1_5-sha256', 'https://example.com', input, value)).toBe(false);
  });

  test.each([
    ['"@method"', 'POST'],
    ['"@target-uri"', 'https://www.example.com/path?param=value'],
    ['"@authority"', 'www.example.com'],
    ['"@scheme"', 'https'],
    ['"@request-target"', '/path?param=value'],
    ['"@path"', '/path'],
    ['"@query"', '?param=value'],
  ])('2.2: %s', (name, value) => {
    const asked = { ...request, path: '/path?param=value' };
    const base = signatureBase(inputOf(`(${name})`), asked, headers, 'https://www.example.com');
    expect(base).toBe(`${name}: ${value}\n"@signature-params": (${name})`);
  });

  test.each([
    ['/path', '?'],
    ['/path?', '?'],
    ['/path?queryString', '?queryString'],
    ['/path?a?b', '?a?b'],
  ])('2.2.7: the query of %s', (path, value) => {
    const base = signatureBase(
      inputOf('("@query")'),
      { ...request, path },
      headers,
      'https://www.example.com',
    );
    expect(base).toBe(`"@query": ${value}\n"@signature-params": ("@query")`);
  });

  test.each(['"@status"', '"@query-param"', '"@constructor"', '"x-none"'])('a request has no %s', (name) => {
    const base = signatureBase(inputOf(`(${name})`), request, headers, 'https://www.example.com');
    expect(base).toMatchObject({ ok: false, status: 401, reason: 'missing-header' });
  });
});

test('the digests of RFC 9421 B.2 and RFC 9530 B.1 hold', () => {
  expect(checkContentDigest(headers.get('content-digest') ?? '', BODY, limits)).toBeUndefined();
  const header = 'sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:';
  expect(checkContentDigest(header, Buffer.from('{"hello": "world"}\n'), limits)).toBeUndefined();
  expect(checkContentDigest(header, BODY, limits)).toMatchObject({ reason: 'wrong-digest' });
});

test('what may be tried is less than what may be sent', () => {
  expect(signatureLimits.maxCandidates).toBeLessThanOrEqual(signatureLimits.maxSignatures);
});
