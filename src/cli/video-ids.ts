import { InvalidArgumentError } from 'commander';
import { parseId, type VideoId } from '../lib/ids.ts';

/** The id of a video as an argument. */
export function videoIdIn(text: string): VideoId {
  const id = parseId<'video'>(text);
  if (id === null) throw new InvalidArgumentError('Not an id of a video.');
  return id;
}

/** The id in an address of this server: of a page, of an object of ActivityPub, of a stored file, or in a key. Null where there is none. */
export function idIn(address: string): VideoId | null {
  const parts = address.split(/[/?#]/).reverse();
  for (const part of parts) {
    const id = /^\d{6,20}$/.test(part) ? parseId<'video'>(part) : null;
    if (id !== null) return id;
  }
  return null;
}
