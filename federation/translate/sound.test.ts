import { describe, expect, test } from 'vitest';
import { AS_PUBLIC } from './read.ts';
import { readSound, soundProperties } from './sound.ts';

const ID = 'https://b.example/videos/2';
const ORIGINAL = 'https://a.example/videos/1';
const policy = (...who: string[]) => ({ interactionPolicy: { canUseSound: { automaticApproval: who } } });

describe('the sound of a post', () => {
  test('is read as it was written', () => {
    const own = soundProperties({ soundTitle: 'Gulls' }, {});
    expect(readSound({ id: ID, ...own, ...policy(AS_PUBLIC) })).toEqual({
      ...{ allowed: true, title: 'Gulls', ofUri: null, rights: null },
    });
    // What a video was made with has the name that its own author gave it.
    expect(readSound({ id: ID, ...soundProperties({ soundTitle: 'Mine' }, { ofUri: ORIGINAL }) })).toEqual({
      ...{ allowed: null, title: '', ofUri: ORIGINAL, rights: null },
    });
    expect(soundProperties({ soundTitle: '' }, {})).toEqual({});
  });

  test('may be used where everybody may without asking; silence and leave to quote are none', () => {
    const allowed = (post: object) => readSound({ id: ID, ...post }).allowed;
    expect(allowed(policy('https://b.example/users/bob'))).toBe(false);
    expect(allowed(policy())).toBe(false);
    expect(allowed({ interactionPolicy: { canUseSound: { manualApproval: [AS_PUBLIC] } } })).toBe(false);
    expect(allowed({ interactionPolicy: { canQuote: { automaticApproval: [AS_PUBLIC] } } })).toBeNull();
    expect(allowed({ interactionPolicy: 'open' })).toBeNull();
    expect(allowed({})).toBeNull();
  });

  test('is read by prefixed names, and what makes no sense is nothing', () => {
    expect(
      readSound({ id: ID, 'vireo:usesSound': { id: ORIGINAL }, 'vireo:soundTitle': 'Gulls' }),
    ).toMatchObject({
      ...{ title: 'Gulls', ofUri: ORIGINAL },
    });
    for (const usesSound of [ID, 7, 'javascript:1', null, []]) {
      expect(readSound({ id: ID, usesSound }).ofUri).toBeNull();
    }
    expect(readSound({ id: ID, soundTitle: { en: 'x' } }).title).toBe('');
    expect(readSound({ id: ID, soundTitle: 'x'.repeat(500) }).title.length).toBeLessThanOrEqual(100);
  });

  const RIGHTS = { licence: 'CC-BY-4.0', holder: 'Rain Records', isrc: 'DEA122600001' };
  const SOURCE = 'https://rain.example/album';

  test('has with it what is said of the rights to it, where it is its own', () => {
    const rights = { ...RIGHTS, sourceUrl: SOURCE };
    const own = soundProperties({ soundTitle: '' }, { rights });
    expect(own).toEqual({
      ...{ soundLicence: 'CC-BY-4.0', soundHolder: 'Rain Records', soundIsrc: 'DEA122600001' },
      soundSource: SOURCE,
    });
    expect(readSound({ id: ID, ...own }).rights).toEqual(rights);
    expect(soundProperties({ soundTitle: '' }, { ofUri: ORIGINAL, rights })).toEqual({ usesSound: ORIGINAL });
    expect(readSound({ id: ID, usesSound: ORIGINAL, ...own }).rights).toBeNull();
  });

  test('has no rights that are too long or of another form', () => {
    const read = (post: object) => readSound({ id: ID, ...post }).rights;
    expect(read({ soundHolder: ' Rain ', soundLicence: 'cc-by-4.0', soundIsrc: 'de-a12-26-00001' })).toEqual({
      ...{ ...RIGHTS, holder: 'Rain', sourceUrl: '' },
    });
    for (const nothing of [
      { soundHolder: 'x'.repeat(201) },
      { soundLicence: { en: 'CC-BY-4.0' } },
      { soundIsrc: 'not one' },
      { soundSource: 'javascript:alert(1)' },
      { soundSource: 7 },
      {},
    ]) {
      expect(read(nothing)).toBeNull();
    }
    expect(read({ soundHolder: 'Rain', soundIsrc: 12 })).toMatchObject({ holder: 'Rain', isrc: '' });
  });
});
