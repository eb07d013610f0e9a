import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { whyNotSigned } from '../../test/helpers/fasp.ts';
import { headersOf, readSigned, signMessage } from './messages.ts';

const pair = generateKeyPairSync('ed25519');
const clock = { now: () => Date.now() };
const signer = { keyId: 'b2ks6vm8p23w', key: pair.privateKey, now: Date.now() };
const request = { derived: { method: 'POST', targetUri: 'https://finder.example/a?b=c' }, body: '{"a":1}' };
const answer = { derived: { status: 201 }, body: '' };

describe('a message between this server and an auxiliary service', () => {
  test('is read by whoever follows the standard', () => {
    const key = { key: pair.publicKey, keyId: signer.keyId };
    const derived = { '@method': 'POST', '@target-uri': 'https://finder.example/a?b=c' };
    const headers = signMessage(request, signer);
    expect(whyNotSigned(headers, derived, request.body, key)).toBeNull();
    expect(whyNotSigned(headers, derived, '{"a":2}', key)).toBe('wrong digest');
    expect(whyNotSigned(headers, { ...derived, '@method': 'GET' }, request.body, key)).toBe(
      'wrong signature',
    );
    expect(whyNotSigned(signMessage(answer, signer), { '@status': '201' }, '', key)).toBeNull();
  });

  test('is read here, with spaces behind the signs that divide its parameters', () => {
    for (const { derived, body } of [request, answer]) {
      const headers = headersOf(signMessage({ derived, body }, signer));
      const spaced = new Map(headers).set(
        'signature-input',
        String(headers.get('signature-input')).replaceAll(';', '; '),
      );
      for (const one of [headers, spaced]) {
        const read = readSigned({ derived, headers: one, body: Buffer.from(body) }, clock);
        expect(read).toMatchObject({ ok: true, keyId: signer.keyId });
        expect(read.ok && read.isBy(pair.publicKey)).toBe(true);
        expect(read.ok && read.isBy(generateKeyPairSync('ed25519').publicKey)).toBe(false);
      }
    }
  });

  test('is refused with two signatures, with another algorithm, and without what it must cover', () => {
    const headers = headersOf(signMessage(request, signer));
    const change = (name: string, to: (text: string) => string) =>
      readSigned(
        {
          derived: request.derived,
          headers: new Map(headers).set(name, to(headers.get(name) ?? '')),
          body: Buffer.from(request.body),
        },
        clock,
      );
    const input = (to: (text: string) => string) => change('signature-input', to);
    expect(input((text) => `${text}, ${text.replace('sig1', 'sig2')}`)).toMatchObject({
      reason: 'ambiguous-signature',
    });
    expect(input((text) => `${text};alg="rsa-v1_5-sha256"`)).toMatchObject({
      reason: 'unsupported-algorithm',
    });
    expect(input((text) => text.replace('"@method" ', ''))).toMatchObject({ reason: 'not-covered' });
    expect(input((text) => text.replace(/;created=\d+/, ''))).toMatchObject({ reason: 'not-covered' });
    const ago = Math.floor(clock.now() / 1_000) - 2;
    expect(input((text) => `${text};expires=${ago}`)).toMatchObject({ ok: false });
    expect(input((text) => `${text};expires=${ago + 60}`)).toMatchObject({ ok: true });
    expect(input(() => '')).toMatchObject({ reason: 'missing-signature' });
    expect(change('content-digest', () => '')).toMatchObject({ reason: 'no-digest' });
  });
});
