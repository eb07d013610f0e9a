import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AS_PUBLIC, type JsonObject } from './read.ts';
import { readRemix, readRemixPolicy, readStamp, remixProperties } from './remix.ts';

const URI = 'https://a.example/videos/1';
const ID = 'https://b.example/videos/2';
const STAMP = 'https://a.example/stamps/3';
const anything = fc.anything({ maxDepth: 3 });

describe('what a post was made from', () => {
  const said = (more: JsonObject = {}) =>
    readRemix({ id: ID, quote: URI, remixOf: URI, remixKind: 'duet', remixLayout: 'top_bottom', ...more });

  test.each(['duet', 'stitch'] as const)('reads a %s as it was written', (kind) => {
    fc.assert(
      fc.property(
        fc.webUrl().filter((uri) => uri !== ID && URL.canParse(uri)),
        fc.option(fc.constantFrom('side_by_side', 'top_bottom', 'picture_in_picture' as const)),
        fc.option(fc.boolean()),
        fc.option(fc.constant(STAMP)),
        (uri, layout, carries, stampUri) => {
          const ofDuet = { layout, carriesSound: carries };
          const about = kind === 'duet' ? ofDuet : { layout: null, carriesSound: true };
          const told = { kind, ...about, uri, stampUri };
          expect(readRemix({ id: ID, ...remixProperties(told) })).toEqual(told);
        },
      ),
    );
  });

  test('takes our terms with their prefix, and objects for addresses', () => {
    const prefixed = { 'vireo:remixOf': { id: URI }, 'vireo:remixKind': 'stitch' };
    expect(readRemix({ id: ID, ...prefixed })).toEqual({
      ...{ kind: 'stitch', layout: null, carriesSound: true, uri: URI, stampUri: null },
    });
  });

  test.each([
    ['a plain quote', { remixKind: undefined }],
    ['a kind that nobody knows', { remixKind: 'mashup' }],
    ['nothing that it was made from', { remixOf: undefined }],
    ['no address', { remixOf: 'javascript:alert(1)' }],
    ['itself', { remixOf: ID, quote: ID }],
    ['another video than it quotes', { quote: 'https://a.example/videos/9' }],
  ])('is nothing with %s', (_what, more) => {
    expect(said()).not.toBeNull();
    expect(said(more)).toBeNull();
  });

  test('leaves a layout that nobody knows', () => {
    expect(said({ remixLayout: 'diagonal' })).toMatchObject({ kind: 'duet', layout: null });
  });

  test('leaves what is no answer to whether the sound of the original is in it', () => {
    expect(said({ carriesSound: 'yes' })).toMatchObject({ carriesSound: null });
  });

  test('never throws', () => {
    const record = fc.record({
      ...{ id: anything, quote: anything, remixOf: anything, remixKind: anything, remixLayout: anything },
      ...{ quoteAuthorization: anything, interactionPolicy: anything, attributedTo: anything },
      ...{ type: anything, interactingObject: anything, interactionTarget: anything },
    });
    fc.assert(
      fc.property(record, (post) => {
        readRemix(post);
        readRemixPolicy(post);
        readStamp(post);
      }),
    );
  });
});

describe('what a server says of remixes', () => {
  const ME = 'https://a.example/users/1';
  const open = { automaticApproval: [AS_PUBLIC] };
  const closed = { automaticApproval: [ME] };
  const policy = (interactionPolicy: unknown) => readRemixPolicy({ interactionPolicy });
  const none = { policy: null, duet: false, stitch: false, ask: false };
  const OPEN = { policy: 'open', duet: true, stitch: true, ask: false };

  test.each([
    ['nothing', undefined, none],
    ['no object', 'open', none],
    ['of other things', { canLike: open }, none],
    ['everybody may quote', { canQuote: open }, OPEN],
    ['by an older name', { canQuote: { always: 'as:Public' } }, OPEN],
    ['everybody may ask', { canQuote: { manualApproval: AS_PUBLIC } }, { ...OPEN, policy: 'ask', ask: true }],
    [
      'about one kind',
      { canQuote: closed, canDuet: { manualApproval: [AS_PUBLIC], ...closed } },
      { policy: 'ask', duet: true, stitch: false, ask: true },
    ],
    ['about one kind of two', { canDuet: open, canStitch: { manualApproval: [ME] } }, { ...OPEN, ask: true }],
    ['an empty one', { canQuote: {} }, { ...none, policy: 'closed' }],
    ['nobody but its author', { canQuote: closed }, { ...none, policy: 'closed' }],
    ['our own over quotes', { canQuote: open, canDuet: closed }, { ...OPEN, duet: false }],
    ['our own alone', { 'vireo:canStitch': open }, { ...OPEN, duet: false }],
  ])('%s', (_what, said, expected) => {
    expect(policy(said)).toEqual(expected);
  });
});

describe('a stamp', () => {
  const stamp = {
    ...{ id: STAMP, type: 'QuoteAuthorization', attributedTo: 'https://a.example/users/1' },
    ...{ interactingObject: ID, interactionTarget: URI },
  };

  test('says who allows which post to show which', () => {
    expect(readStamp(stamp)).toEqual({
      ...{ uri: STAMP, authorUri: 'https://a.example/users/1', remixUri: ID, originalUri: URI },
    });
    expect(readStamp({ ...stamp, type: ['https://w3id.org/fep/044f#QuoteAuthorization'] })).not.toBeNull();
  });

  test.each([
    ['of another type', { type: 'Note' }],
    ['of nobody', { attributedTo: undefined }],
    ['for nothing', { interactingObject: undefined }],
    ['of nothing', { interactionTarget: undefined }],
    ['by an author of another server', { attributedTo: 'https://b.example/users/1' }],
  ])('%s is none', (_what, more) => {
    expect(readStamp({ ...stamp, ...more })).toBeNull();
  });
});
