import type { SoundRights } from '../api/schema.gen.ts';
import { say } from './say.ts';

type Known = NonNullable<SoundRights['known_licence']>;

const RESERVED = 'all-rights-reserved';
/** What those of Creative Commons are called, in every language. */
const CC: Readonly<Record<Exclude<Known, typeof RESERVED>, string>> = {
  'CC0-1.0': 'CC0 1.0',
  'CC-PDM-1.0': 'Public Domain Mark 1.0',
  'CC-BY-4.0': 'CC BY 4.0',
  'CC-BY-SA-4.0': 'CC BY-SA 4.0',
  'CC-BY-NC-4.0': 'CC BY-NC 4.0',
  'CC-BY-NC-SA-4.0': 'CC BY-NC-SA 4.0',
  'CC-BY-ND-4.0': 'CC BY-ND 4.0',
  'CC-BY-NC-ND-4.0': 'CC BY-NC-ND 4.0',
};

/** What a licence is called; words of its own as they are. */
export function licenceName({ licence, known_licence: known }: SoundRights): string {
  if (known === null) return licence;
  return known === RESERVED ? say('allRights') : CC[known];
}

/** Stands in the list of licences for words of one's own. */
export const OWN_WORDS = 'own';

/** What can be chosen as a licence. */
export const licenceChoices = () => [
  { value: '', name: say('noLicence') },
  ...Object.entries(CC).map(([value, name]) => ({ value, name })),
  { value: RESERVED, name: say('allRights') },
  { value: OWN_WORDS, name: say('otherLicence') },
];

/** What somebody has put into the fields. */
export interface RightsDraft {
  readonly chosen: string;
  readonly ownWords: string;
  readonly holder: string;
  readonly isrc: string;
  readonly source: string;
}

export function draftOf(rights: SoundRights | null): RightsDraft {
  if (rights === null) return { chosen: '', ownWords: '', holder: '', isrc: '', source: '' };
  const { licence, known_licence: known, holder, isrc, source_url: source } = rights;
  const isOwn = known === null && licence !== '';
  return {
    ...{ chosen: known ?? (isOwn ? OWN_WORDS : ''), ownWords: isOwn ? licence : '' },
    ...{ holder, isrc: isrcSaid(isrc), source },
  };
}

/** As the API takes them. */
export const saidIn = ({ chosen, ownWords, holder, isrc, source }: RightsDraft) => ({
  licence: chosen === OWN_WORDS ? ownWords.trim() : chosen,
  ...{ holder: holder.trim(), isrc: isrc.trim(), source_url: source.trim() },
});

/** As it is printed on records: country, registrant, year and number. */
export const isrcSaid = (isrc: string): string =>
  isrc.replace(/^(..)(...)(..)(.{5})$/, (_, ...parts) => parts.slice(0, 4).join('-'));

/** Which fields were refused, by their own names. */
export const wrongIn = (fields: Readonly<Record<string, string>>): ReadonlySet<string> =>
  new Set(Object.keys(fields).map((path) => path.split('.').at(-1) ?? path));
