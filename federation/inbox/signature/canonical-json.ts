/**
 * The one text of a JSON value by the JSON Canonicalization Scheme (RFC 8785): no space, keys in the order of
 * their UTF-16 units, texts and numbers as ECMAScript writes them. Takes values from a JSON parser, whose
 * depth bounds the recursion. A number too large for a double parses as infinity; it is written as such, which
 * no signer writes.
 */
export function canonicaliseJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicaliseJson).join(',')}]`;
  if (typeof value === 'number') return Number.isFinite(value) ? JSON.stringify(value) : String(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicaliseJson(member)}`);
  return `{${members.join(',')}}`;
}
