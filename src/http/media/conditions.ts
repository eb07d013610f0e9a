import type { IncomingMessage } from 'node:http';
import type { ByteRange } from '../../../media/storage/storage.ts';

/** Any of the tags listed, weak or strong, or `*` (RFC 9110, 13.1.2). */
export function hasAlready(req: IncomingMessage, etag: string): boolean {
  const tags = req.headers['if-none-match']?.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags !== undefined && (tags.includes(etag) || tags[0] === '*');
}

/**
 * The one range asked for (RFC 9110, 14.1). Null, which stands for the whole object: no range, several,
 * other units, none that makes sense, or one for another version of the object.
 */
export function wantedRange(
  req: IncomingMessage,
  size: number,
  etag: string,
): ByteRange | 'unsatisfiable' | null {
  const header = req.method === 'GET' ? req.headers.range : undefined;
  if (header === undefined || (req.headers['if-range'] ?? etag) !== etag) return null;
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/i.exec(header) ?? [];
  if (first === '' && last === '') return null;
  if (first !== '' && last !== '' && Number(last) < Number(first)) return null;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  return start < size ? { start, end } : 'unsatisfiable';
}
