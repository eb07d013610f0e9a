import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseId } from '../../src/lib/ids.ts';
import type { Account } from '../../src/modules/accounts/index.ts';
import { createUrls } from '../../src/modules/instances/index.ts';
import type { Video } from '../../src/modules/videos/index.ts';
import { createOf, deleteOf, noteOf } from './note.ts';
import { readVideoNote } from './note-read.ts';
import { AS_PUBLIC } from './read.ts';

const ORIGIN = 'https://video.example';
const urls = createUrls(ORIGIN);
const NOW = Date.parse('2026-11-21T12:00:00Z');
const PUBLISHED = new Date('2026-11-20T10:00:00.123Z');

function account(): Account {
  const id = parseId<'account'>('7');
  if (id === null) throw new Error('7 is an id.');
  return {
    ...{ id, username: 'alice', domain: null, acct: 'alice', displayName: 'Alice', bioHtml: '' },
    ...{
      actorUri: urls.actor(id),
      actorType: 'Person',
      url: urls.profilePage('alice'),
      inboxUri: urls.inbox(id),
    },
    ...{
      followersUri: null,
      outboxUri: null,
      featuredUri: null,
      alsoKnownAs: [],
      ...{ bioText: '', fields: [], hideCollections: false, showsLikes: false },
      ...{ avatar: { key: null, url: null }, header: { key: null, url: null } },
      ownerId: null,
      movedToId: null,
    },
    ...{ sharedInboxUri: urls.sharedInbox, locked: false, discoverable: true, indexable: false },
    ...{ state: 'active', createdAt: PUBLISHED, fetchedAt: null },
    counts: { followers: 0, following: 0, statuses: 0, lastStatusAt: null },
    limits: { silenced: false, undiscoverable: false, frozen: false },
  };
}

function video(change: Partial<Video> = {}): Video {
  const id = parseId<'video'>('42');
  if (id === null) throw new Error('42 is an id.');
  const asset = { rung: 720, bytes: 9, bandwidth: null, codecs: null, frameRate: null };
  return {
    ...{ id, accountId: account().id, local: true, uri: urls.video(id), url: urls.videoPage('alice', id) },
    ...{
      uuid: '7d0ed29d-4d15-41dd-a0d4-6a2b5a1b5f00',
      state: 'published',
      visibility: 'public',
      caption: 'At the sea #Waves',
      captionHtml: '<p>At the sea</p>',
    },
    ...{
      contentWarning: '',
      sensitive: false,
      altText: '',
      language: null,
      durationSeconds: 12.44,
      width: 1080,
    },
    ...{ height: 1920, blurhash: 'LEHV6nWB2yk8pyo0adR*.7kCMdnj', originalKey: null, sourceUrl: null },
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
    ...{
      thumbhash: null,
      unannounced: false,
      awaitsPost: false,
      application: null,
      focus: null,
      plannedRungs: [],
    },
    sourcePosterUrl: null,
    createdAt: PUBLISHED,
    publishedAt: PUBLISHED,
    assets: [
      {
        ...asset,
        ...{ sha256: 'ab'.repeat(32), language: null, label: null, automatic: false },
        key: 'media/42/a-360.mp4',
        role: 'mp4',
        contentType: 'video/mp4',
        width: 720,
        height: 1280,
      },
      {
        ...asset,
        ...{ sha256: 'ab'.repeat(32), language: null, label: null, automatic: false },
        key: 'media/42/b.jpg',
        role: 'poster',
        contentType: 'image/jpeg',
        width: null,
        height: null,
      },
    ],
    ...change,
  };
}

const objectUrl = (key: string) => `https://media.example/${key}`;
const write = (change: Partial<Video> = {}) =>
  noteOf({ urls, objectUrl }, video(change), { author: account(), mentioned: [] });

describe('the Note we send', () => {
  test('is the one shape that every receiver plays', () => {
    expect(write()).toEqual({
      '@context': ['https://www.w3.org/ns/activitystreams', expect.any(Object)],
      id: `${ORIGIN}/ap/videos/42`,
      type: 'Note',
      attributedTo: `${ORIGIN}/ap/users/7`,
      url: `${ORIGIN}/@alice/42`,
      content: '<p>At the sea</p>',
      sensitive: false,
      published: '2026-11-20T10:00:00.123Z',
      to: [AS_PUBLIC],
      cc: [`${ORIGIN}/ap/users/7/followers`],
      tag: [{ type: 'Hashtag', name: '#Waves', href: `${ORIGIN}/tag/Waves` }],
      replies: `${ORIGIN}/ap/videos/42/replies`,
      likes: `${ORIGIN}/ap/videos/42/likes`,
      shares: `${ORIGIN}/ap/videos/42/shares`,
      context: `${ORIGIN}/ap/contexts/42`,
      conversation: `${ORIGIN}/ap/contexts/42`,
      interactionPolicy: Object.fromEntries(
        ['canLike', 'canReply', 'canAnnounce', 'canQuote', 'canDuet', 'canStitch', 'canUseSound'].map(
          (verb) => [verb, { automaticApproval: [AS_PUBLIC] }],
        ),
      ),
      attachment: [
        {
          type: 'Document',
          mediaType: 'video/mp4',
          digestMultibase: 'zQmZtnFaddFtzGNT8BxdHVbQrhSFdq1pWxud5z4fA4kxfDt',
          url: 'https://media.example/media/42/a-360.mp4',
          width: 720,
          height: 1280,
          duration: 'PT12.4S',
          blurhash: 'LEHV6nWB2yk8pyo0adR*.7kCMdnj',
          icon: { type: 'Image', mediaType: 'image/jpeg', url: 'https://media.example/media/42/b.jpg' },
        },
      ],
    });
  });

  test.for([
    ['public', [AS_PUBLIC], [`${ORIGIN}/ap/users/7/followers`]],
    ['unlisted', [`${ORIGIN}/ap/users/7/followers`], [AS_PUBLIC]],
    ['followers', [`${ORIGIN}/ap/users/7/followers`], []],
  ] as const)('P1 is addressed as %s', ([visibility, to, cc]) => {
    expect(write({ visibility })).toMatchObject({ to, cc });
  });

  test('has a summary only as a warning, a language map only with a language, a name only on the attachment', () => {
    expect(write({ contentWarning: 'Loud', sensitive: true })).toMatchObject({
      summary: 'Loud',
      sensitive: true,
    });
    expect(write({ language: 'de' })).toMatchObject({ contentMap: { de: '<p>At the sea</p>' } });
    expect(write({ altText: 'Waves break' })).toMatchObject({ attachment: [{ name: 'Waves break' }] });
  });

  test('cannot be written without a file', () => {
    expect(() => write({ assets: [] })).toThrow('no MP4');
  });

  const text = fc.string({ unit: 'grapheme', maxLength: 60 });
  test('keeps its shape whatever the author wrote', () => {
    const about = fc.record({
      caption: text,
      contentWarning: fc.oneof(fc.constant(''), text),
      altText: text,
      language: fc.constantFrom(null, 'en', 'pt-BR'),
      visibility: fc.constantFrom('public', 'unlisted', 'followers'),
      blurhash: fc.constantFrom(null, 'LEHV6nWB2yk8pyo0adR*.7kCMdnj'),
      durationSeconds: fc.constantFrom(null, 0.04, 180),
      publishedAt: fc.constantFrom(null, PUBLISHED),
    });
    fc.assert(
      fc.property(about, (change) => {
        const note = JSON.parse(JSON.stringify(write(change)));
        for (const name of ['to', 'cc', 'tag', 'attachment']) expect(Array.isArray(note[name])).toBe(true);
        expect(note.attachment).toHaveLength(1);
        expect([typeof note.url, typeof note.attributedTo, typeof note.attachment[0].url]).toEqual(
          Array(3).fill('string'),
        );
        expect(note).not.toHaveProperty('name');
        expect(note).not.toHaveProperty('updated');
        expect('summary' in note).toBe(change.contentWarning !== '');
        expect(note['@context'][0]).toBe('https://www.w3.org/ns/activitystreams');
        for (const id of [note.id, note.url, note.attributedTo]) expect(new URL(id).origin).toBe(ORIGIN);
        expect(Object.values(note.contentMap ?? { und: note.content })).toEqual([note.content]);
        expect(note.published).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
        expect(note.attachment[0].duration ?? 'PT1.0S').toMatch(/^PT\d+\.\dS$/);
        for (const { name, href } of note.tag) expect([name[0], URL.canParse(href)]).toEqual(['#', true]);
      }),
    );
  });

  test('is read back as what it was', () => {
    const note = write({ altText: 'Waves', contentWarning: 'Loud', language: 'en', visibility: 'unlisted' });
    expect(readVideoNote(note, account(), NOW)).toMatchObject({
      ok: true,
      video: {
        uri: `${ORIGIN}/ap/videos/42`,
        url: `${ORIGIN}/@alice/42`,
        visibility: 'unlisted',
        captionHtml: '<p>At the sea</p>',
        contentWarning: 'Loud',
        sensitive: true,
        altText: 'Waves',
        language: 'en',
        publishedAt: PUBLISHED,
        durationSeconds: 12.4,
        width: 720,
        height: 1280,
        blurhash: 'LEHV6nWB2yk8pyo0adR*.7kCMdnj',
        sourceUrl: 'https://media.example/media/42/a-360.mp4',
        sourcePosterUrl: 'https://media.example/media/42/b.jpg',
      },
    });
  });

  test('is sent in a Create with the same audience and an id that stays', () => {
    const { '@context': context, ...note } = write();
    const create = createOf(write());
    expect(create).toEqual({
      ...{
        '@context': context,
        id: `${ORIGIN}/ap/videos/42#create`,
        type: 'Create',
        actor: note.attributedTo,
      },
      ...{ published: note.published, to: note.to, cc: note.cc, object: note },
    });
    expect(createOf(write())).toEqual(create);
  });

  test('is taken back by a Delete to everybody that says no more than its id', () => {
    expect(deleteOf(`${ORIGIN}/ap/videos/42`, `${ORIGIN}/ap/users/7`)).toEqual({
      '@context': 'https://www.w3.org/ns/activitystreams',
      id: `${ORIGIN}/ap/videos/42#delete`,
      type: 'Delete',
      actor: `${ORIGIN}/ap/users/7`,
      to: [AS_PUBLIC],
      object: { id: `${ORIGIN}/ap/videos/42`, type: 'Tombstone' },
    });
  });
});
