import type { Captions } from '../api/types.ts';
import { languageName } from '../editing/languages.ts';
import { strings } from '../strings.ts';

/**
 * What people choose captions by: their author's name for them, or their language. Those that a service wrote say so, in
 * the language of the page: what the server calls them is in its own.
 */
export function captionsName({ label, language, automatic }: Captions): string {
  const text = strings.captions;
  const name = language === 'und' ? text.unknown : languageName(language, document.documentElement.lang);
  if (automatic) return text.automatic(name);
  return label && label !== language ? label : name;
}
