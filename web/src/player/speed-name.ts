import { number } from '../i18n/formats.ts';
import { say } from './say.ts';

/** A speed as people of the page's language write it. */
export function speedName(rate: number): string {
  return say('speedShort', { speed: number(rate) });
}
