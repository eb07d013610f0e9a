import { faspLimits } from '../../config/fasp-limits.ts';
import { remoteJsonLimits } from '../../config/limits.ts';
import type { Clock } from '../../src/lib/clock.ts';
import { parseBoundedJson } from '../../src/lib/net/bounded-json.ts';
import { retryAfterMs } from '../../src/lib/net/retry-after.ts';
import type { SafeFetch } from '../../src/lib/net/safe-fetch.ts';
import { ok } from '../../src/lib/result.ts';
import type { AskProvider } from '../../src/modules/fasp/index.ts';
import { headersOf, readSigned, signMessage } from './messages.ts';

const jsonLimits = { ...remoteJsonLimits, maxBytes: faspLimits.maxAnswerBytes };

/**
 * Asks an auxiliary service provider, signed, and believes its answer only where it has signed that. Redirects are not followed: nothing of
 * what is sent is for anybody else (security.md F3). `fetch` keeps away from suspended servers and from private networks.
 */
export function createAskProvider({
  fetch,
  clock,
}: {
  readonly fetch: Pick<SafeFetch, 'request'>;
  readonly clock: Clock;
}): AskProvider {
  return async ({ baseUrl, serverId, ownKey, providerKey, faspId }, request) => {
    const { method, path, query, json, signal, deadlineMs = faspLimits.deadlineMs } = request;
    const url = new URL(`${baseUrl.replace(/\/$/, '')}${path}`);
    if (query) url.search = new URLSearchParams(query).toString();
    const body = json === undefined ? '' : JSON.stringify(json);
    const signer = { keyId: serverId, key: ownKey, now: clock.now() };
    const derived = { method, targetUri: url.href };
    const answer = await fetch.request({
      ...{ method, url, deadlineMs, maxBytes: faspLimits.maxAnswerBytes, maxRedirects: 0 },
      ...{ uncompressed: true, accept: 'application/json' },
      ...(body !== '' && { body }),
      ...(signal && { signal }),
      headers: {
        ...signMessage({ derived, body }, signer),
        ...(body !== '' && { 'content-type': 'application/json' }),
      },
    });
    if (!answer.ok) return no(answer.detail ?? answer.reason);
    const { status, headers } = answer;
    if (status < 200 || status > 299) {
      const pauseMs = retryAfterMs(headers['retry-after'], clock.now());
      return { ...no(`It answered ${status}.`), status, ...(pauseMs !== null && { pauseMs }) };
    }
    const signed = readSigned({ derived: { status }, headers: headersOf(headers), body: answer.body }, clock);
    if (!signed.ok) return no(`Its answer proves nothing: ${signed.detail}`);
    if (signed.keyId !== null && signed.keyId !== faspId && signed.keyId !== serverId)
      return no('Its answer is signed with the key of somebody else.');
    if (!signed.isBy(providerKey)) return no('Its answer is not signed with the key that was registered.');
    if (answer.body.length === 0) return ok({ status, json: null });
    const parsed = parseBoundedJson(answer.body, jsonLimits);
    return parsed.ok ? ok({ status, json: parsed.value }) : no('Its answer is no JSON.');
  };
}

const no = (why: string) => ({ ok: false, reason: 'failed', detail: why }) as const;
