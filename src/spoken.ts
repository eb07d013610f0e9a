import { buffer } from 'node:stream/consumers';
import { parseCaptions } from '../media/captions.ts';
import type { ObjectStorage } from '../media/storage/storage.ts';
import type { Logger } from './lib/log.ts';

type Store = Pick<ObjectStorage, 'open'>;

/** Reads what captions say, by the keys of their objects; null where the store does not answer. */
export function spokenIn(storage: Store, log: Logger) {
  return async (keys: readonly string[]): Promise<string | null> => {
    try {
      return (await Promise.all(keys.map((key) => wordsOf(storage, key)))).join(' ');
    } catch (error) {
      // A store that is away holds up no other video; the next change of this one, or a reindex, reads them.
      log.warn({ err: error, keys }, 'captions could not be read for the search index');
      return null;
    }
  };
}

/** Without their times and who says it; nothing where they are gone or are none. */
async function wordsOf(storage: Store, key: string): Promise<string> {
  const object = await storage.open(key);
  if (!object) return '';
  const parsed = parseCaptions(await buffer(object.stream), { skipBadTimes: true });
  if (!parsed.ok) return '';
  return parsed.cues.map(({ lines }) => lines.join(' ').replace(/<[^>]{0,200}>/g, ' ')).join(' ');
}
