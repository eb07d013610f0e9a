import type { Captions } from '../api/types.ts';
import { languageName } from '../editing/languages.ts';
import { isAutomatic } from '../player/captions.ts';
import { strings } from '../strings.ts';

/** What people choose captions by: their author's name for them, or their language. */
export function captionsName(captions: Captions): string {
  const { label, language } = captions;
  const name = label && label !== language ? label : languageName(language, document.documentElement.lang);
  return isAutomatic(captions) ? strings.captions.automatic(name) : name;
}
