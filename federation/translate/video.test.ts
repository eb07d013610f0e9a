import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { videoLimits } from '../../config/limits.ts';
import { htmlFromText } from '../../src/lib/html/from-text.ts';
import { htmlFromMarkdown } from '../../src/lib/html/markdown.ts';
import { textOfHtml } from '../../src/lib/html/sanitize.ts';
import { parseId } from '../../src/lib/ids.ts';
import type { Account } from '../../src/modules/accounts/index.ts';
import { createUrls } from '../../src/modules/instances/index.ts';
import type { Asset, Video } from '../../src/modules/videos/index.ts';
import { actorRefusals, judgeVideo, type PeerTubeWorld } from '../../test/helpers/peertube.ts';
import { matrix, matrixWorld } from '../../test/helpers/peertube-matrix.ts';
import { idOf, isObject, listOf } from './read.ts';
import { publishOf, videoOf } from './video.ts';
import { readVideoObject } from './video-read.ts';
import { markdownOf, titleOf } from './video-text.ts';

const FIXTURES = resolve(process.env.SHARED_DIR ?? '../shared', 'fixtures');
const load = (...path: string[]) => JSON.parse(readFileSync(join(FIXTURES, ...path), 'utf8'));
const isThere = existsSync(FIXTURES);

const ORIGIN = 'https://video.example';
const urls = createUrls(ORIGIN);
const NOW = Date.parse('2026-11-21T12:00:00Z');
const deps = { urls, objectUrl: (key: string) => `https://cdn.example/${key}` };

function account(idText: string, username: string, ownerId: Account['ownerId'] = null): Account {
  const id = parseId<'account'>(idText);
  if (id === null) throw new Error('It is an id.');
  return {
    counts: { followers: 0, following: 0, statuses: 0, lastStatusAt: null },
    limits: { silenced: false, undiscoverable: false, frozen: false },
    ...{ id, username, domain: null, acct: username, displayName: username, bioHtml: '', ownerId },
    ...{ actorUri: urls.actor(id), actorType: ownerId ? 'Group' : 'Person', url: urls.profilePage('alice') },
    ...{ inboxUri: urls.inbox(id), sharedInboxUri: urls.sharedInbox, followersUri: null, outboxUri: null },
    ...{ featuredUri: null, alsoKnownAs: [], movedToId: null, locked: false, discoverable: true },
    ...{ bioText: '', fields: [], hideCollections: false, showsLikes: false },
    ...{ avatar: { key: null, url: null }, header: { key: null, url: null } },
    ...{ indexable: false, state: 'active', createdAt: new Date(NOW), fetchedAt: null },
  };
}

const author = account('7', 'alice');
const channel = account('8', 'alice_channel', author.id);
const publishers = { author, channel };
const world: PeerTubeWorld = {
  actors: {
    [author.actorUri]: { id: author.actorUri, type: 'Person' },
    [channel.actorUri]: {
      ...{ id: channel.actorUri, type: 'Group', attributedTo: [{ type: 'Person', id: author.actorUri }] },
    },
  },
};

const UUID = '7d0ed29d-4d15-41dd-a0d4-6a2b5a1b5f00';

function asset(role: Asset['role'], facts: Partial<Asset>): Asset {
  const type = role === 'poster' ? 'image/jpeg' : 'video/mp4';
  return {
    ...{ key: `media/42/${role}-${facts.rung ?? 0}`, role, rung: null, contentType: type, bytes: 9 },
    ...{ width: null, height: null, bandwidth: null, codecs: 'avc1.64001f,mp4a.40.2', frameRate: null },
    ...{ sha256: 'ab'.repeat(32), language: null, label: null, automatic: false },
    ...facts,
  };
}

const POSTER = asset('poster', { width: 720, height: 1_280 });

function video(changes: Partial<Video> = {}): Video {
  const id = parseId<'video'>('42');
  if (id === null) throw new Error('42 is an id.');
  return {
    ...{ id, uuid: UUID, accountId: author.id, local: true, uri: urls.video(id) },
    ...{ url: urls.videoPage('alice', id), state: 'published', visibility: 'public' },
    ...{ caption: 'At the sea #Waves', captionHtml: '', contentWarning: '', sensitive: false, altText: '' },
    ...{ language: 'en', durationSeconds: 12.44, width: 720, height: 1_280, blurhash: null },
    ...{ originalKey: null, sourceUrl: null, sourcePosterUrl: null, editedAt: null, attributedTo: [] },
    ...{
      commentsOpen: true,
      soundMuted: false,
      regional: false,
      allows: { download: true, duet: true, stitch: true, sound: true, ask: false },
      ...{ remixPolicy: null, remix: null },
      soundTitle: '',
      soundOfId: null,
      discovery: false,
      thumbhash: null,
      unannounced: false,
      awaitsPost: false,
      application: null,
      focus: null,
      plannedRungs: [],
      createdAt: new Date(NOW),
      publishedAt: new Date(NOW),
    },
    media: { state: 'ready', stage: null, percent: 100, reason: null, detail: null },
    assets: [
      asset('mp4', { rung: 720, width: 720, height: 1_280, frameRate: 30 }),
      asset('cmaf', { rung: 720, width: 720, height: 1_280, frameRate: 30 }),
      asset('cmaf', { rung: 360, width: 360, height: 640, frameRate: 30 }),
      asset('hls-master', {}),
      POSTER,
    ],
    ...changes,
  };
}

describe.skipIf(!isThere)('the rules that we hold our documents to (needs SHARED_DIR/fixtures)', () => {
  const results: { variant: string; accepted: boolean }[] = isThere
    ? load('peertube', 'acceptance-matrix.json')
    : [];

  test('are tried with every mutation that a running PeerTube was offered', () => {
    expect(results.map(({ variant }) => variant)).toEqual(Object.keys(matrix));
    expect(results.filter(({ accepted }) => accepted)).toHaveLength(44);
  });

  test.for(results)('$variant: $accepted', ({ variant, accepted }) => {
    const document = load('peertube', 'minimal-accepted-video.json');
    matrix[variant]?.(document);
    const { refused } = judgeVideo(document, matrixWorld, 'https://ours.example/v/min');
    expect(refused.length === 0, refused.join()).toBe(accepted);
  });

  test.for(['actor-channel-group.json', 'actor-account-person.json', 'actor-instance-application.json'])(
    'its own actors pass: %s',
    (file) => {
      const actor = load('peertube', file);
      expect(actorRefusals(actor, actor.id)).toEqual([]);
    },
  );

  test.for(['likes', 'dislikes'])('a video without %s would end PeerTube', (name) => {
    const document = load('peertube', 'minimal-accepted-video.json');
    delete document[name];
    expect(judgeVideo(document, matrixWorld).refused).toEqual(['likes and dislikes']);
  });
});

describe('a video for PeerTube', () => {
  test('has all that it keeps of one', () => {
    const document = videoOf(deps, video(), publishers);
    expect(judgeVideo(document, world)).toEqual({
      ...{ refused: [], privacy: 'public', commentsEnabled: true, seconds: 12, dropped: 0, tags: ['Waves'] },
      description: 'At the sea #Waves',
      files: [expect.objectContaining({ width: 720, height: 1_280, fps: 30, size: 9 })],
      hlsFiles: [
        expect.objectContaining({ width: 720, height: 1_280, fps: 30 }),
        expect.objectContaining({ width: 360, height: 640, fps: 30 }),
      ],
    });
    expect(document).toMatchObject({
      ...{ id: `${ORIGIN}/ap/videos/42/pt`, name: 'At the sea #Waves', duration: 'PT12S', state: 1 },
      ...{ language: { identifier: 'en', name: 'English' }, aspectRatio: 0.5625, support: null },
      attributedTo: [
        { type: 'Person', id: author.actorUri },
        { type: 'Group', id: channel.actorUri },
      ],
      url: [{ type: 'Link', mediaType: 'text/html', href: `${ORIGIN}/@alice/42` }, {}, {}],
    });
  });

  test('that is unlisted is addressed to nobody', () => {
    const document = videoOf(deps, video({ visibility: 'unlisted' }), publishers);
    expect(judgeVideo(document, world)).toMatchObject({ refused: [], privacy: 'unlisted' });
  });

  test.for(['followers', 'direct'] as const)('is never made of one for %s', (visibility) => {
    expect(videoOf(deps, video({ visibility }), publishers)).toBeNull();
  });

  test('is not made without a picture, which PeerTube would refuse', () => {
    const { assets } = video();
    expect(videoOf(deps, video({ assets: assets.filter((one) => one !== POSTER) }), publishers)).toBeNull();
    const unmeasured = { ...POSTER, width: null };
    expect(videoOf(deps, video({ assets: [...assets.slice(0, -1), unmeasured] }), publishers)).toBeNull();
  });

  test('tells two videos of one content apart by the names of their files', () => {
    const first = judgeVideo(videoOf(deps, video(), publishers), world);
    const uuid = 'c56a4180-65aa-42ec-a945-5fd21dec0538';
    const fileNames = [...first.files, ...first.hlsFiles].map(({ href }) => href.split('/').at(-1));
    const second = videoOf(deps, video({ uuid }), publishers);
    expect(judgeVideo(second, { ...world, fileNames, uuids: [UUID] }).refused).toEqual([]);
  });

  test('names its captions by their language', () => {
    const assets = [
      ...video().assets,
      asset('captions', { key: 'media/42/a.vtt', language: 'pt-BR', label: 'Mine' }),
      asset('captions', { key: 'media/42/b.vtt', language: 'en', automatic: true }),
      // For each of these PeerTube would refuse the video.
      ...['und', 'pt', 'en-GB', 'yue', 'la', 'xx', null].map((language, n) =>
        asset('captions', { key: `media/42/${n}.vtt`, language, automatic: true }),
      ),
    ];
    const document = videoOf(deps, video({ assets }), publishers);
    expect(document?.subtitleLanguage).toEqual([
      { identifier: 'pt', name: 'Portuguese', url: 'https://cdn.example/media/42/a.vtt' },
      {
        ...{ identifier: 'en', name: 'English', url: 'https://cdn.example/media/42/b.vtt' },
        automaticallyGenerated: true,
      },
    ]);
    expect(judgeVideo(document ?? {}, world).refused).toEqual([]);
    expect(videoOf(deps, video(), publishers)).not.toHaveProperty('subtitleLanguage');
  });

  test('closes comments, and keeps from downloads, where its author did', () => {
    const allows = { download: false, duet: true, stitch: true, sound: true, ask: false };
    const document = videoOf(deps, video({ commentsOpen: false, allows }), publishers);
    expect(document).toMatchObject({ downloadEnabled: false });
    expect(judgeVideo(document, world)).toMatchObject({ refused: [], commentsEnabled: false });
  });

  const side = fc.integer({ min: 16, max: 4_000 });
  const rate = fc.option(fc.double({ min: 1, max: 120, noNaN: true }));
  const file = fc.record({ width: side, height: side, bytes: fc.nat(), frameRate: rate });
  const text = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 300 }),
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.string({ unit: fc.constantFrom('#', 'a', '\n', ' ', '\uFE0F', '*', '😀', '\\', 'é'), maxLength: 200 }),
    fc.string({ maxLength: videoLimits.maxCaptionCharacters, size: 'max' }),
  );

  test('is accepted whole, whatever its author writes and its files are', () => {
    const facts = fc.record({
      ...{ caption: text, contentWarning: fc.string(), sensitive: fc.boolean(), commentsOpen: fc.boolean() },
      ...{ visibility: fc.constantFrom('public', 'unlisted'), uuid: fc.uuid({ version: 4 }) },
      ...{ durationSeconds: fc.option(fc.double({ min: 0, max: 600, noNaN: true })), width: fc.option(side) },
      ...{ language: fc.option(fc.constantFrom('de', 'pt-BR', 'xx-a1-zz', 'zh-Hant')), height: side },
      ...{ publishedAt: fc.option(fc.date({ min: new Date(0), max: new Date(NOW), noInvalidDate: true })) },
      editedAt: fc.option(fc.date({ min: new Date(0), max: new Date(NOW), noInvalidDate: true })),
    });
    fc.assert(
      fc.property(facts, file, fc.array(file, { maxLength: 6 }), (changes, mp4, rungs) => {
        const assets = [
          ...rungs.map((rung, at) => asset('cmaf', { ...rung, rung: at })),
          ...[asset('mp4', { ...mp4, rung: 99 }), asset('hls-master', {}), POSTER],
        ];
        const document = videoOf(deps, video({ ...(changes as Partial<Video>), assets }), publishers);
        const verdict = judgeVideo(document, world);
        expect(verdict).toMatchObject({
          ...{ refused: [], dropped: 0, privacy: changes.visibility, commentsEnabled: changes.commentsOpen },
        });
        expect(verdict.hlsFiles).toHaveLength(new Set(rungs.map(({ height }) => height)).size);
        expect(verdict.description?.length ?? 3).toBeGreaterThan(2);
        // Ours reads it, too.
        const { actorUri } = author;
        expect(
          readVideoObject(document ?? {}, { actorUri, followersUri: urls.followers(author.id) }, NOW),
        ).toMatchObject({ ok: true, video: { visibility: changes.visibility } });
      }),
      { numRuns: 500 },
    );
  });

  test('is announced by the channel for those it is for', () => {
    const announce = publishOf(deps, video({ visibility: 'unlisted' }), channel, 'https://video.example/x');
    expect(announce).toMatchObject({ actor: channel.actorUri, object: 'https://video.example/x' });
    expect(announce.to).toEqual([urls.followers(channel.id)]);
  });
});

describe('a title', () => {
  test.for([
    ['At the sea\nwith a dog', 'At the sea'],
    ['\n \n  a   b  ', 'a b'],
    ['', 'Video by @alice'],
    ['\uFE0F\u200B', 'Video by @alice'],
    ['ok', 'ok · @alice'],
    ['😀', '😀 · @alice'],
    ['a'.repeat(120), 'a'.repeat(120)],
    ['a'.repeat(121), `${'a'.repeat(119)}…`],
    ['😀'.repeat(61), `${'😀'.repeat(59)}…`],
  ] as const)('of %j', ([caption, title]) => expect(titleOf(caption, 'alice')).toBe(title));
});

describe('Markdown of a caption', () => {
  const shown = (html: string) => textOfHtml(html, 100_000);
  const same = (caption: string) => {
    const read = shown(htmlFromMarkdown(markdownOf(caption) ?? '', 20_000));
    expect(read).toBe(shown(htmlFromText(caption, { tagUrl: urls.tagPage })));
  };

  test.for([
    '# no heading\n- no list\n1. nor this\n> no quote',
    'snake_case_name and *stars* and `ticks` and ~~waves~~',
    '[not](https://a.example) <b>bold</b> &amp; \\',
    'see https://a.example/a_b_c?x=*y* and more_of_it',
    'a\n===\nb\n---\nc\n\n\nd',
    '    indented as code',
    '!\\[x](y) \\* **',
  ])('reads as it was written: %j', same);

  test('reads as it was written, whatever that was', () => {
    const unit = fc.constantFrom(...'ab1 \n*_`[]()<>~#>-+=.&!\\|:/@"\'', 'https://a.example/b_c');
    fc.assert(
      fc.property(fc.string({ unit, minLength: 3, maxLength: 60 }), (caption) => {
        if (markdownOf(caption) !== null) same(caption);
      }),
      { numRuns: 2_000 },
    );
  });

  test('is none where there is too little of it', () => {
    expect([markdownOf(''), markdownOf('  ab '), markdownOf('abc')]).toEqual([null, null, 'abc']);
  });
});

describe.skipIf(!isThere)('what PeerTube publishes (needs SHARED_DIR/fixtures)', () => {
  const read = (folder: string, name: string) => {
    const served = load(folder, name);
    const document = served.type === 'Create' ? served.object : served;
    const group = listOf(document.attributedTo)
      .filter(isObject)
      .find(({ type }) => type === 'Group');
    return readVideoObject(document, { actorUri: idOf(group) ?? '', followersUri: null }, NOW);
  };
  test.for([
    ['peertube', 'video-hls.json', /-720-fragmented\.mp4$/, 1_280],
    ['peertube', 'video-hls-and-web-files.json', /-720(-fragmented)?\.mp4$/, 1_280],
    ['peertube', 'minimal-accepted-video.json', /-720\.mp4$/, 1_280],
    ['ap', 'peertube-video-2025.json', /\.mp4$/, 1_080],
    ['ap', 'peertube-video-framatube-webtorrent.json', /-1080(-fragmented)?\.mp4$/, 1_080],
    ['ap', 'peertube-video-mpegurl-only.json', /-1080-fragmented\.mp4$/, 1_080],
  ] as const)('%s/%s is read', ([folder, name, sourceUrl, height]) => {
    const result = read(folder, name);
    expect(result).toMatchObject({
      ok: true,
      video: { visibility: 'public', commentsOpen: expect.any(Boolean) },
    });
    if (!result.ok) return;
    expect(result.video.sourceUrl).toMatch(sourceUrl);
    expect(result.video.height).toBe(height);
    expect(result.video.sourcePosterUrl).toMatch(/^https:/);
  });
  describe('as HLS alone', () => {
    const hls = 'https://peertube.example/hls/master.m3u8';
    const mp4 = (name: string, tracks: string[], more: object = {}) => ({
      ...{ type: 'Link', mediaType: 'video/mp4', href: `https://peertube.example/${name}`, ...more },
      attachment: tracks.map((value) => ({ type: 'PropertyValue', name: 'ffprobe_codec_type', value })),
    });
    function sourceWith(tag: unknown, more: object = {}) {
      const document = load('peertube', 'minimal-accepted-video.json');
      const link = {
        type: 'Link',
        mediaType: 'application/x-mpegURL',
        href: hls,
        ...(tag ? { tag } : {}),
        ...more,
      };
      const author = listOf(document.attributedTo).flatMap((actor) => idOf(actor) ?? [])[0] ?? '';
      const read = readVideoObject(
        { ...document, url: [link] },
        { actorUri: author, followersUri: null },
        NOW,
      );
      if (!read.ok) return read.reason;
      const { sourceUrl, sourceDigest, width, height } = read.video;
      return { sourceUrl, sourceDigest, width, height };
    }
    const nothing = { sourceDigest: null, width: null, height: null };
    const sized = { width: 720, height: 1_280 };

    test('the playlist is the source where no file is named', () => {
      expect(sourceWith(undefined)).toEqual({ ...nothing, sourceUrl: hls });
      expect(sourceWith([], { mediaType: 'application/vnd.apple.mpegurl' })).toEqual({
        ...nothing,
        sourceUrl: hls,
      });
      expect(sourceWith([], { mediaType: 'audio/mpegurl' })).toBe('no-media');
      expect(sourceWith([], { href: 'file:///etc/passwd' })).toBe('no-media');
    });

    test('and where the files have no sound of their own', () => {
      const split = [mp4('v.mp4', ['video'], sized), mp4('a.mp4', ['audio'], { height: 0 })];
      expect(sourceWith(split)).toEqual({ ...nothing, ...sized, sourceUrl: hls });
    });

    test('but not where nothing has sound, or one file has both', () => {
      const silent = mp4('v.mp4', ['video'], sized);
      expect(sourceWith([silent])).toMatchObject({ sourceUrl: silent.href });
      const both = mp4('b.mp4', ['video', 'audio'], { width: 360, height: 640 });
      expect(sourceWith([silent, both])).toMatchObject({ sourceUrl: both.href });
    });

    test('what is said of the content of the file is kept with it', () => {
      const digestMultibase = 'zQmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR1n';
      const sourceDigest = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
      expect(sourceWith([], { digestMultibase })).toMatchObject({ sourceUrl: hls, sourceDigest });
      const file = mp4('v.mp4', ['video', 'audio'], { digestMultibase });
      expect(sourceWith([file])).toMatchObject({ sourceUrl: file.href, sourceDigest });
      expect(sourceWith([mp4('v.mp4', [], { digestMultibase: 'zzz' })])).toMatchObject({
        sourceDigest: null,
      });
    });
  });

  test('one that is live has nothing to be copied', () => {
    expect(read('peertube', 'video-live.json')).toMatchObject({ ok: false, reason: 'is-live' });
  });
});
