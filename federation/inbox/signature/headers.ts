import { refuse, type SignatureRefusal } from './refusal.ts';

/** Headers that decide what is trusted. A second one could be read by one program and not by another. */
const ONCE_ONLY = new Set([
  'authorization',
  'content-digest',
  'content-length',
  'content-type',
  'date',
  'digest',
  'host',
  'signature',
  'signature-input',
]);

/**
 * Header values by lower-case name, from Node's flat list of names and values as they came. Repeated headers
 * are joined with a comma, as draft-cavage-http-signatures-12 section 2.3 has it; the ones that decide what
 * is trusted may come only once (security.md S11).
 */
export function readHeaders(
  rawHeaders: readonly string[],
): { ok: true; headers: ReadonlyMap<string, string> } | SignatureRefusal {
  const headers = new Map<string, string>();
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] ?? '').toLowerCase();
    const value = (rawHeaders[at + 1] ?? '').trim();
    const earlier = headers.get(name);
    if (earlier !== undefined && ONCE_ONLY.has(name)) {
      return refuse(400, 'duplicate-header', `The request has more than one ${name} header.`);
    }
    headers.set(name, earlier === undefined ? value : `${earlier}, ${value}`);
  }
  return { ok: true, headers };
}
