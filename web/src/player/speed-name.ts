import { say } from './say.ts';

/** A speed as people of the page's language write it. */
export function speedName(rate: number): string {
  const number = new Intl.NumberFormat(document.documentElement.lang).format(rate);
  return say('speedShort', { speed: number });
}
