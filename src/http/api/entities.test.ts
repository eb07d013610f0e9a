import { describe, expect, test } from 'vitest';
import type { AccountId, SoundId, VideoId } from '../../lib/ids.ts';
import type { Account } from '../../modules/accounts/index.ts';
import { createUrls } from '../../modules/instances/index.ts';
import type { Asset, Video } from '../../modules/videos/index.ts';
import { videoPostOf } from './entities.ts';
import { processingEntityOf } from './media/entities.ts';
import { postEntity, processingEntity } from './schemas.ts';

const urls = createUrls('https://video.example');
const deps = {
  urls,
  videos: { objectUrl: (key: string) => `https://cdn.example/${key}` },
} as unknown as Parameters<typeof videoPostOf>[0];

const account: Account = {
  id: '1' as AccountId,
  username: 'alice',
  domain: null,
  acct: 'alice',
  actorUri: 'https://video.example/ap/users/1',
  actorType: 'Person',
  displayName: 'Alice',
  bioHtml: '',
  url: 'https://video.example/@alice',
  inboxUri: 'https://video.example/ap/users/1/inbox',
  sharedInboxUri: null,
  ...{
    followersUri: null,
    outboxUri: null,
    featuredUri: null,
    alsoKnownAs: [],
    ownerId: null,
    movedToId: null,
  },
  ...{ bioText: '', fields: [], hideCollections: false, showsLikes: false },
  ...{ avatar: { key: null, url: null }, header: { key: null, url: null } },
  locked: false,
  discoverable: true,
  indexable: false,
  state: 'active',
  createdAt: new Date('2026-01-01T00:00:00Z'),
  counts: { followers: 0, following: 0, statuses: 0, lastStatusAt: null },
  limits: { silenced: false, undiscoverable: false, frozen: false },
  fetchedAt: null,
};

const asset = (role: Asset['role'], key: string, facts: Partial<Asset> = {}): Asset => ({
  ...{ role, key, rung: null, contentType: 'video/mp4', bytes: 1, width: null, height: null },
  ...{
    bandwidth: null,
    codecs: null,
    frameRate: null,
    sha256: 'ab'.repeat(32),
    language: null,
    label: null,
    automatic: false,
  },
  ...facts,
});

const video: Video = {
  id: '7' as VideoId,
  uuid: '7d0ed29d-4d15-41dd-a0d4-6a2b5a1b5f00',
  ...{
    thumbhash: null,
    unannounced: false,
    awaitsPost: false,
    application: null,
    focus: null,
    plannedRungs: [],
  },
  accountId: account.id,
  local: true,
  uri: 'https://video.example/ap/videos/7',
  url: 'https://video.example/@alice/7',
  state: 'published',
  visibility: 'public',
  caption: 'Sea #Wind #wind https://x.test/#no',
  captionHtml: '<p>Sea</p>',
  contentWarning: '',
  sensitive: false,
  altText: 'Waves',
  language: 'en',
  durationSeconds: 5.5,
  width: 720,
  height: 1280,
  blurhash: 'LEHV6n',
  media: { state: 'ready', stage: null, percent: 100, reason: null, detail: null },
  ...{
    editedAt: null,
    attributedTo: [],
    commentsOpen: true,
    soundMuted: false,
    regional: false,
    allows: { download: true, duet: true, stitch: true, sound: true, ask: false },
    ...{ remixPolicy: null, remix: null },
    soundTitle: '',
    soundOfId: null,
    discovery: false,
  },
  originalKey: 'originals/7/source',
  sourceUrl: null,
  sourcePosterUrl: null,
  createdAt: new Date('2026-02-01T00:00:00Z'),
  publishedAt: new Date('2026-02-02T00:00:00Z'),
  assets: [
    asset('cmaf', 'big', { width: 720, height: 1280, bandwidth: 2_000_000, codecs: 'avc1.64001f' }),
    asset('cmaf', 'small', { width: 360, height: 640, bandwidth: 600_000, codecs: 'avc1.64001e' }),
    asset('mp4', 'whole'),
    asset('poster', 'poster'),
    asset('hls-master', 'master'),
  ],
};

const entity = (changes: Partial<Video> = {}, about: Parameters<typeof videoPostOf>[3] = {}) => {
  const made = videoPostOf(deps, { video: { ...video, ...changes }, account }, undefined, about);
  expect(postEntity.parse(made)).toEqual(made);
  return made;
};
const mediaOf = (changes: Partial<Video>) => entity(changes).media_attachments[0];

describe('a video as a status', () => {
  test('with all it has', () => {
    expect(entity()).toMatchObject({
      ...{ id: '7', created_at: '2026-02-02T00:00:00.000Z', content: '<p>Sea</p>', visibility: 'public' },
      tags: [{ name: 'Wind', url: 'https://video.example/tag/Wind' }],
      account: { id: '1', acct: 'alice', host: null },
      media_attachments: [
        {
          ...{ type: 'video', url: 'https://cdn.example/whole', preview_url: 'https://cdn.example/poster' },
          ...{
            hls_url: 'https://cdn.example/master',
            remote_url: null,
            description: 'Waves',
            processing: null,
          },
          meta: { original: { width: 720, height: 1280, duration: 5.5, aspect: 0.5625 } },
          renditions: [
            { url: 'https://cdn.example/small', width: 360, bandwidth: 600_000 },
            { url: 'https://cdn.example/big', width: 720, bandwidth: 2_000_000 },
          ],
        },
      ],
    });
  });

  test('with what only a video has; who may not download it gets no address for that', () => {
    const allows = { download: false, duet: true, stitch: false, sound: true, ask: true };
    const asked = { commentsOpen: false, allows, soundTitle: 'Rain' };
    expect(entity(asked).video).toEqual({
      ...{ remix_of: null, remixes: 0, views: 0, saves: 0, sound: null, download_url: null },
      permissions: { comment: false, ...allows },
    });
    const heard = [asset('cmaf', 'heard', { codecs: 'avc1.64001f,mp4a.40.2' }), asset('mp4', 'whole')];
    const open = { ...asked, allows: { ...allows, download: true }, assets: heard };
    const sound = { id: '9' as SoundId, title: 'Rain', isOriginal: false, region: null };
    expect(entity(open, { sound }).video).toMatchObject({
      ...{
        sound: { id: '9', title: 'Rain', original: false, account: null, muted: false },
        download_url: 'https://cdn.example/whole',
      },
    });
  });

  test('P5 the place of the uploaded original is not in it', () => {
    expect(JSON.stringify(entity())).not.toContain('originals/');
  });

  test('for followers it is what other apps call private', () => {
    expect(entity({ visibility: 'followers' }).visibility).toBe('private');
  });

  test('without a size there is no shape', () => {
    expect(mediaOf({ width: null, height: null })?.meta.original).toMatchObject({
      width: null,
      aspect: null,
    });
    expect(mediaOf({ width: 0, height: 0 })?.meta.original.aspect).toBeNull();
  });

  test.each<[Video['media']['state'], object, (string | null)?]>([
    ['waiting', { state: 'copying', percent: 40, detail: null }],
    ['working', { state: 'copying', percent: 40, detail: null }],
    ['failed', { state: 'failed', percent: 0, detail: 'It is too long.' }],
    ['waiting', { state: 'on-demand', percent: 0, detail: null }, 'on-demand'],
    ['waiting', { state: 'on-demand', percent: 0, detail: null }, 'evicted'],
    ['none', { state: 'elsewhere', detail: expect.stringContaining('does not copy') }, 'not-copied-here'],
    ['none', { state: 'elsewhere', detail: expect.stringContaining('does not copy') }],
    ['none', { state: 'elsewhere', detail: 'It is too long.' }, 'domain-suspended'],
    // Another mode counts now, and who opens it has it looked at.
    ['none', { state: 'on-demand', percent: 0, detail: null }, 'proxied'],
  ])('of another server, %s: nothing to play yet, and why: %o', (state, processing, reason = null) => {
    const media = { state, stage: null, percent: 40, reason, detail: 'It is too long.' };
    const shown = mediaOf({ local: false, media, assets: [], sourceUrl: 'https://a.test/v.mp4' });
    expect(shown).toMatchObject({ url: null, preview_url: null, hls_url: null, renditions: [], processing });
    expect(shown?.remote_url).toBe('https://a.test/v.mp4');
  });
});

describe('how far an upload has come', () => {
  test.each<[Partial<Video>, object]>([
    [{ state: 'uploading' }, { state: 'uploading', percent: 40 }],
    [{ state: 'received' }, { state: 'processing', percent: 40, stage: 'transcoding' }],
    [{ state: 'published' }, { state: 'published', percent: 40, stage: 'transcoding', done: false }],
    [{ state: 'rejected' }, { state: 'rejected', reason: 'too-long', detail: 'It is too long.' }],
  ])('%j', (changes, expected) => {
    const media = {
      ...{ state: 'working' as const, stage: 'transcoding' as const, percent: 40 },
      ...{ reason: 'too-long', detail: 'It is too long.' },
    };
    const made = processingEntityOf({ ...video, media, ...changes });
    expect(processingEntity.parse(made)).toMatchObject(expected);
    expect(made.status_url).toBe('/api/v1/statuses/7');
  });

  test.each(['ready', 'failed'] as const)('published, with media that is %s, is done', (state) => {
    const media = { state, stage: null, percent: 40, reason: null, detail: null };
    expect(processingEntityOf({ ...video, media })).toMatchObject({ percent: 100, done: true });
  });

  test('it says what can be watched already', () => {
    const media = { state: 'working' as const, stage: null, percent: 40, reason: null, detail: null };
    const plannedRungs = [1080, 720, 480];
    const none = processingEntityOf({ ...video, media, assets: [], plannedRungs });
    expect(none).toMatchObject({ playable: false, sizes: { made: [], planned: plannedRungs } });
    const first = [
      asset('copy', 'copy'),
      asset('cmaf', 'small', { rung: 480 }),
      asset('cmaf', 'big', { rung: 720 }),
    ];
    const some = processingEntityOf({ ...video, media, assets: first, plannedRungs });
    expect(some).toMatchObject({ playable: true, sizes: { made: [720, 480] } });
  });

  test('received and not begun is received', () => {
    const media = { state: 'waiting' as const, stage: null, percent: 0, reason: null, detail: null };
    expect(processingEntityOf({ ...video, state: 'received', media }).state).toBe('received');
  });
});
