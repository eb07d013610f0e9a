import { expect, test } from 'vitest';
import { draftOf, isrcSaid, licenceChoices, licenceName, OWN_WORDS, saidIn, wrongIn } from './rights.ts';

const none = { licence_url: null, holder: '', isrc: '', source_url: '', by_staff: false };
const known = { ...none, licence: 'CC-BY-4.0', known_licence: 'CC-BY-4.0' as const };
const own = { ...none, licence: 'Ask Nora', known_licence: null };

test('what is in the fields comes back as it was', () => {
  const whole = { ...known, holder: 'Rain Records', isrc: 'DEA122600001', source_url: 'https://rain.test/' };
  expect(draftOf(whole)).toMatchObject({ chosen: 'CC-BY-4.0', ownWords: '', isrc: 'DE-A12-26-00001' });
  expect(saidIn(draftOf(whole))).toEqual({
    ...{ licence: 'CC-BY-4.0', holder: 'Rain Records', isrc: 'DE-A12-26-00001' },
    source_url: 'https://rain.test/',
  });
  expect(draftOf(own)).toMatchObject({ chosen: OWN_WORDS, ownWords: 'Ask Nora' });
  expect(saidIn(draftOf(own)).licence).toBe('Ask Nora');
  expect(saidIn(draftOf(null))).toEqual({ licence: '', holder: '', isrc: '', source_url: '' });
  expect(draftOf({ ...own, licence: '' }).chosen).toBe('');
});

test('words of one’s own count only where they were chosen', () => {
  expect(saidIn({ ...draftOf(own), chosen: 'CC0-1.0' }).licence).toBe('CC0-1.0');
  expect(saidIn({ ...draftOf(own), chosen: '' }).licence).toBe('');
});

test('licences are called by name', () => {
  expect(licenceName(known)).toBe('CC BY 4.0');
  expect(licenceName(own)).toBe('Ask Nora');
  const reserved = { ...none, licence: 'all-rights-reserved', known_licence: 'all-rights-reserved' as const };
  expect(licenceName(reserved)).toBe('All rights reserved');
  expect(licenceChoices().map(({ value }) => value)).toEqual(
    expect.arrayContaining(['', 'CC0-1.0', 'all-rights-reserved', OWN_WORDS]),
  );
});

test('an ISRC is written in its parts; what is none stays as it is', () => {
  expect(isrcSaid('DEA122600001')).toBe('DE-A12-26-00001');
  expect(isrcSaid('')).toBe('');
  expect(isrcSaid('DE')).toBe('DE');
});

test('what was refused is found by its field, however deep it lay', () => {
  expect([...wrongIn({ 'rights.isrc': 'No.', source_url: 'No.' })]).toEqual(['isrc', 'source_url']);
});
