import type { Captions } from '../../api/types.ts';
import { languageName } from '../../editing/languages.ts';
import { say } from './say.ts';

/**
 * What people choose captions by: their author's name for them, or their language. Those that a service wrote say so, in
 * the language of the page: what the server calls them is in its own.
 */
export function captionsName({ label, language, automatic }: Captions): string {
  const name = language === 'und' ? say('unknown') : languageName(language, document.documentElement.lang);
  if (automatic) return say('automatic', { name });
  return label && label !== language ? label : name;
}
