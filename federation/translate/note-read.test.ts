import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readVideoNote } from './note-read.ts';
import { AS_PUBLIC, type JsonObject } from './read.ts';

const NOW = Date.parse('2026-11-21T12:00:00Z');
const CAROL = 'https://a.example/users/carol';
const CLIP = 'https://files.a.example/clip.mp4';
const usual = {
  id: `${CAROL}/1`,
  type: 'Note',
  attributedTo: CAROL,
  content: '<p>Hello</p>',
  to: [AS_PUBLIC],
  attachment: [{ type: 'Document', mediaType: 'video/mp4', url: CLIP }],
};
const read = (change: object, now = NOW) =>
  readVideoNote({ ...usual, ...change } as JsonObject, { actorUri: CAROL, followersUri: null }, now);

/** The video, or the reason why there is none. */
function outcome(change: object) {
  const result = read(change);
  return result.ok ? result.video : result.reason;
}

describe('attachments as servers write them', () => {
  test.for([
    ['Mastodon, Loops', [{ type: 'Document', mediaType: 'video/mp4', url: CLIP }]],
    ['GoToSocial, Pixelfed', [{ type: 'Video', mediaType: 'video/mp4', url: CLIP }]],
    [
      'Pleroma',
      [
        {
          type: 'Document',
          mediaType: 'video/mp4',
          url: [{ type: 'Link', mediaType: 'video/mp4', href: CLIP }],
        },
      ],
    ],
    [
      'a Link that alone names the type',
      [{ type: 'Document', url: { type: 'Link', mediaType: 'video/webm', href: CLIP } }],
    ],
    [
      'a page before the file',
      [
        {
          type: 'Video',
          url: [
            { type: 'Link', mediaType: 'text/html', href: 'https://a.example/page' },
            { type: 'Link', mediaType: 'video/mp4', href: CLIP },
          ],
        },
      ],
    ],
    ['Owncast: one object, no list', { type: 'Document', mediaType: 'video/mp4', url: CLIP }],
    ['a type that does not fit', [{ type: 'Image', mediaType: 'video/mp4', url: CLIP }]],
    ['a type and nothing else', [{ type: 'Video', url: CLIP }]],
    ['a Link as the attachment', [{ type: 'Link', mediaType: 'video/mp4', href: CLIP }]],
    [
      'a picture first',
      [
        { type: 'Image', mediaType: 'image/png', url: 'https://a.example/x.png' },
        { type: 'Document', mediaType: 'VIDEO/MP4', url: CLIP },
      ],
    ],
    ['rubbish first', [null, 'x', 1, [], { type: 'Document', mediaType: 'video/mp4', url: CLIP }]],
    ['a first address that is none', [{ type: 'Document', mediaType: 'video/mp4', url: ['x', CLIP] }]],
  ] as const)('%s', ([, attachment]) => {
    expect(outcome({ attachment })).toMatchObject({ sourceUrl: CLIP });
  });

  test('says what the file must be, on the attachment or on its Link', () => {
    const digestMultibase = 'zQmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR1n';
    const sourceDigest = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
    const file = { type: 'Document', mediaType: 'video/mp4' };
    const link = { type: 'Link', mediaType: 'video/mp4', href: CLIP };
    expect(outcome({ attachment: [{ ...file, url: CLIP, digestMultibase }] })).toMatchObject({
      sourceDigest,
    });
    expect(outcome({ attachment: [{ ...file, url: [{ ...link, digestMultibase }] }] })).toMatchObject({
      sourceDigest,
    });
    expect(outcome({ attachment: [{ ...file, url: CLIP }] })).toMatchObject({ sourceDigest: null });
  });

  test.for([
    ['nothing', undefined],
    ['a picture', [{ type: 'Image', mediaType: 'image/png', url: 'https://a.example/x.png' }]],
    ['sound', [{ type: 'Audio', mediaType: 'audio/mpeg', url: 'https://a.example/x.mp3' }]],
    ['a video at no usable address', [{ type: 'Video', mediaType: 'video/mp4', url: 'javascript:alert(1)' }]],
    ['a video without an address', [{ type: 'Video', mediaType: 'video/mp4' }]],
  ] as const)('%s is no video', ([, attachment]) => {
    expect(outcome({ attachment })).toBe('no-video');
  });
});

describe('who may be read', () => {
  test.for([
    [{ attributedTo: [CAROL] }, 'ok'],
    [{ attributedTo: { id: CAROL, type: 'Person' } }, 'ok'],
    [{ type: ['Note', 'Object'] }, 'ok'],
    [{ attributedTo: 'https://a.example/users/mole' }, 'not-the-author'],
    [{ id: 'https://b.example/1' }, 'not-the-author'],
    [{ id: undefined }, 'not-a-note'],
    [{ type: 'Article' }, 'not-a-note'],
    [{ inReplyTo: 'https://a.example/0' }, 'is-reply'],
    [{ inReplyTo: null }, 'ok'],
  ] as const)('%j: %s', ([change, expected]) => {
    const result = read(change);
    expect(result.ok ? 'ok' : result.reason).toBe(expected);
  });

  test.for([
    [[AS_PUBLIC], [], 'public'],
    ['as:Public', undefined, 'public'],
    [['Public', `${CAROL}/followers`], [], 'public'],
    [[`${CAROL}/followers`], ['as:Public'], 'unlisted'],
    [[`${CAROL}/followers`], [], 'followers'],
    [[], [`${CAROL}/followers`], 'followers'],
    [['https://video.example/ap/users/7'], ['https://b.example/users/x/followers'], 'direct'],
    [['https://video.example/ap/users/7'], [], 'direct'],
    [[], [], 'direct'],
    [[{ id: AS_PUBLIC }], [], 'public'],
  ] as const)('P1 to %j cc %j: %s', ([to, cc, expected]) => {
    const found = outcome({ to, cc });
    expect(typeof found === 'string' ? found : found.visibility).toBe(expected);
  });
});

describe('what is said of a video', () => {
  test.for([
    [{ published: '2026-11-20T10:00:00Z' }, { publishedAt: new Date('2026-11-20T10:00:00Z') }],
    [{ published: '2026-11-21T12:04:00Z' }, { publishedAt: new Date('2026-11-21T12:04:00Z') }],
    [{ published: '2026-11-21T12:06:00Z' }, { publishedAt: new Date(NOW) }],
    [{ published: '2099-01-01T00:00:00Z' }, { publishedAt: new Date(NOW) }],
    [{ published: '-100000-01-01T00:00:00Z' }, { publishedAt: new Date(NOW) }],
    [{ published: 1 }, { publishedAt: new Date(NOW) }],
  ] as const)('V10 %j', ([change, expected]) => {
    expect(outcome(change)).toMatchObject(expected);
  });

  test.for([
    [{ sensitive: null }, { sensitive: false, contentWarning: '' }],
    [{ sensitive: true }, { sensitive: true }],
    [{ summary: ' Loud ' }, { sensitive: true, contentWarning: 'Loud' }],
    [{ summary: null }, { sensitive: false, contentWarning: '' }],
    [
      { content: undefined, contentMap: { fr: '<p>Bonjour</p>' } },
      { captionHtml: '<p>Bonjour</p>', language: 'fr' },
    ],
    [{ contentMap: { '<script>': 'x' } }, { language: null }],
    [{ content: '<p onclick="x()">Hi<script>alert(1)</script></p>' }, { captionHtml: '<p>Hi</p>' }],
    [{ content: 42 }, { captionHtml: '' }],
    [{ url: 'https://a.example/@carol/1' }, { url: 'https://a.example/@carol/1' }],
    [{ url: 'https://b.example/1' }, { url: `${CAROL}/1` }],
    [
      { icon: { type: 'Image', url: 'https://a.example/i.jpg' } },
      { sourcePosterUrl: 'https://a.example/i.jpg' },
    ],
    [
      { preview: { type: 'Image', url: [{ href: 'https://a.example/p.jpg' }] } },
      { sourcePosterUrl: 'https://a.example/p.jpg' },
    ],
    [
      { icon: 'javascript:x', image: 'https://a.example/j.jpg' },
      { sourcePosterUrl: 'https://a.example/j.jpg' },
    ],
  ] as const)('%j', ([change, expected]) => {
    expect(outcome(change)).toMatchObject(expected);
  });

  test.for([
    [{ name: 'Alt' }, { altText: 'Alt' }],
    [{ summary: 'Better', name: 'Alt' }, { altText: 'Better' }],
    [{ summary: '', name: 'Alt' }, { altText: 'Alt' }],
    [{ name: null }, { altText: '' }],
    [{ duration: 'PT12.4S' }, { durationSeconds: 12.4 }],
    [{ duration: 'PT1H2M3S' }, { durationSeconds: 3_723 }],
    [{ duration: 12 }, { durationSeconds: 12 }],
    [{ duration: 'P1Y' }, { durationSeconds: null }],
    [{ duration: -5 }, { durationSeconds: null }],
    [{ duration: 1e300 }, { durationSeconds: null }],
    [
      { width: 720, height: '1280' },
      { width: 720, height: 1280 },
    ],
    [
      { width: 0, height: -1 },
      { width: null, height: null },
    ],
    [
      { width: 1.5, height: 1e9 },
      { width: null, height: null },
    ],
    [{ blurhash: 'LEHV6nWB2yk8pyo0adR*.7kCMdnj' }, { blurhash: 'LEHV6nWB2yk8pyo0adR*.7kCMdnj' }],
    [{ blurhash: '<svg>' }, { blurhash: null }],
  ] as const)('of its attachment %j', ([change, expected]) => {
    expect(outcome({ attachment: [{ ...usual.attachment[0], ...change }] })).toMatchObject(expected);
  });

  test('R1 nothing throws, whatever a field holds', () => {
    const document = fc.record(
      Object.fromEntries(
        [...Object.keys(usual), 'url', 'summary', 'icon', 'contentMap', 'cc', 'published'].map((key) => [
          key,
          fc.jsonValue(),
        ]),
      ),
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(
        document,
        (change) =>
          void readVideoNote(
            { ...usual, ...change } as JsonObject,
            { actorUri: CAROL, followersUri: null },
            NOW,
          ),
      ),
    );
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom('type', 'mediaType', 'url', 'name', 'icon', 'duration', 'width', 'blurhash'),
          fc.jsonValue(),
        ),
        (change) => void read({ attachment: [{ ...usual.attachment[0], ...change }] }),
      ),
    );
  });
});

describe('whether it can be answered', () => {
  test.for([
    ['nothing is said', {}, true],
    ['Pixelfed closes it', { commentsEnabled: false }, false],
    ['a policy without answers', { interactionPolicy: { canLike: { automaticApproval: [CAROL] } } }, true],
    ['an empty policy', { interactionPolicy: { canReply: {} } }, true],
    ['the author alone', { interactionPolicy: { canReply: { automaticApproval: [CAROL] } } }, false],
    ['the author, not in a list', { interactionPolicy: { canReply: { automaticApproval: CAROL } } }, false],
    ['nobody', { interactionPolicy: { canReply: { automaticApproval: [], manualApproval: [] } } }, false],
    ['everybody', { interactionPolicy: { canReply: { automaticApproval: [AS_PUBLIC] } } }, true],
    [
      'everybody who asks',
      { interactionPolicy: { canReply: { always: [CAROL], approvalRequired: [AS_PUBLIC] } } },
      true,
    ],
  ] as const)('%s', ([, change, commentsOpen]) => {
    expect(outcome(change)).toMatchObject({ commentsOpen });
  });
});
