import type { Sound } from '../api/schema.gen.ts';
import { say } from './say.ts';

/** What a sound is called; one without a name, after who posted it first. */
export function nameOf({ title, author }: Pick<Sound, 'title' | 'author'>): string {
  if (title !== '') return title;
  return author ? say('untitledBy', { acct: author.acct }) : say('untitled');
}
