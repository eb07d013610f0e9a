import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { remoteJsonLimits } from '../../config/limits.ts';
import { parseBoundedJson } from '../../src/lib/net/bounded-json.ts';
import { normaliseActivity } from '../inbox/normalise.ts';
import { readActor } from './actor.ts';
import { readVideoNote } from './note-read.ts';
import { idOf, isObject, type JsonObject, listOf } from './read.ts';

/** Documents of real servers, kept outside the repository: set SHARED_DIR to the folder that holds fixtures. */
const FIXTURES = resolve(process.env.SHARED_DIR ?? '../shared', 'fixtures');
const NOW = Date.parse('2026-11-21T12:00:00Z');

function load(folder: string, file: string): { bytes: Buffer; document: JsonObject } {
  const bytes = readFileSync(join(FIXTURES, folder, file));
  const parsed = parseBoundedJson(bytes, remoteJsonLimits);
  return { bytes, document: parsed.ok && isObject(parsed.value) ? parsed.value : {} };
}

/** What becomes of a Note, by itself or in a Create, when its author sends it. */
function verdict(folder: string, file: string): string {
  const { bytes, document } = load(folder, file);
  const read = normaliseActivity(document, bytes);
  const activity = read.ok && read.activity.type === 'Create' ? read.activity : null;
  if (document.type === 'Create' && !activity) return read.ok ? 'no Create' : read.reason;
  const note = activity ? (activity.object ?? {}) : document;
  const author = activity?.actorUri ?? idOf(listOf(note.attributedTo)[0]) ?? '';
  const result = readVideoNote(note, { actorUri: author, followersUri: null }, NOW);
  return result.ok ? `video ${result.video.sourceUrl}` : result.reason;
}

/** None of the Notes has a video: what follows must never be shown as a broken one. */
const NOTES: Record<string, string> = {
  'akkoma-note-null-sensitive-string-source.json': 'no-video',
  'attack-cross-origin-actor.json': 'foreign-id',
  'attack-spoofed-object.json': 'no-video',
  'c2s-create-note.json': 'not-an-activity',
  'discourse-page.json': 'no-video',
  'friendica-create-note.json': 'is-reply',
  'funkwhale-create-audio.json': 'not-a-note',
  'gotosocial-note-local-interaction-policy.json': 'is-reply',
  'gotosocial-poll-vote-multi.json': 'is-reply',
  'gotosocial-vote.json': 'is-reply',
  'kroeg-tag-not-array.json': 'no-video',
  'lemmy-create-comment.json': 'is-reply',
  'mastodon-create-note-contentmap.json': 'no-video',
  'mastodon-create-note-hashtag.json': 'no-video',
  'mastodon-create-note-ldsig.json': 'no-video',
  'mastodon-create-note-mention.json': 'is-reply',
  'mastodon-create-note-nsfw.json': 'no-video',
  'mastodon-ldsig-create.json': 'is-reply',
  'mastodon-note-mention-array-thread.json': 'no-video',
  'mastodon-vote.json': 'is-reply',
  'misskey-note-mfm.json': 'no-video',
  'misskey-quote.json': 'no-video',
  'mitra-create-post.json': 'no-video',
  'owncast-note-live-preview.json': 'no-video',
  'peertube-note-comment.json': 'is-reply',
  'pixelfed-note-image.json': 'no-video',
  'pleroma-chat-message.json': 'not-a-note',
  'pleroma-create-note-two-images.json': 'no-video',
  'pleroma-create-note.json': 'is-reply',
};

/** Objects of type Video have a reader of their own. */
const VIDEOS: readonly (readonly [string, string])[] = [
  ['ap', 'peertube-video-2025.json'],
  ['ap', 'peertube-video-framatube-webtorrent.json'],
  ['ap', 'peertube-video-mpegurl-only.json'],
  ['peertube', 'minimal-accepted-video.json'],
  ['peertube', 'video-hls-and-web-files.json'],
  ['peertube', 'video-live.json'],
];

/** Actors by the name they go by, or null where one is not usable. */
const ACTORS: Record<string, string | null> = {
  'akkoma-actor-no-name.json': 'mewmew',
  'guppe-actor-group.json': 'Bernie2020',
  'loops-instance-actor.json': 'loops.example.com',
  'mastodon-actor-person.json': 'mastodon',
  'mastodon-actor-service.json': 'fediverse',
  'mastodon-docs-featured-actor.json': null,
  'misskey-actor.json': 'aimu',
  'mitra-actor-did-assertionmethod.json': 'hongminhee',
  'peertube-actor-channel-group.json': 'thelinuxexperiment_channel',
  'pleroma-actor.json': 'lanodan',
};

/** Activities in odd shapes: what is read from each. */
const ACTIVITIES: Record<string, object> = {
  'hubzilla-follow-actor-object.json': {
    type: 'Follow',
    objectId: 'https://localtesting.pleroma.lol/users/lain',
  },
  'kroeg-announce-inline-actor.json': { type: 'Announce' },
  'lemmy-delete-user.json': {
    actorUri: 'http://ds9.lemmy.ml/u/lemmy_alpha',
    objectId: 'http://ds9.lemmy.ml/u/lemmy_alpha',
  },
  'loops-undo-follow.json': { type: 'Undo', object: expect.objectContaining({ type: 'Follow' }) },
  'mastodon-delete-note.json': {
    type: 'Delete',
    objectId: 'http://mastodon.example.org/users/gargron/statuses/99620895606148759',
  },
  'mastodon-undo-like-by-id-only.json': {
    type: 'Undo',
    objectId: 'http://mastodon.example.org/users/admin#likes/2',
    object: null,
  },
  'pleroma-delete.json': { type: 'Delete', object: null },
};

const isThere = existsSync(FIXTURES);

describe.skipIf(!isThere)(`documents of real servers (needs SHARED_DIR/fixtures)`, () => {
  test.for(Object.entries(NOTES))('%s: %s', ([file, expected]) => {
    expect(verdict('ap', file)).toBe(expected);
  });

  test.for(VIDEOS)('%s/%s is not read as a Note', ([folder, file]) => {
    expect(verdict(folder, file)).toBe('not-a-note');
  });

  test.for(Object.entries(ACTORS))('%s: actor %s', ([file, username]) => {
    const result = readActor(load('ap', file).document);
    expect(result.ok ? result.actor.username : null).toBe(username);
  });

  test.for(Object.entries(ACTIVITIES))('%s: %j', ([file, expected]) => {
    const { document, bytes } = load('ap', file);
    expect(normaliseActivity(document, bytes)).toMatchObject({ ok: true, activity: expected });
  });

  test.for([
    'mastodon-create-note-hashtag.json',
    'mitra-create-post.json',
    'misskey-note-mfm.json',
    'pleroma-create-note-two-images.json',
    'kroeg-tag-not-array.json',
  ])('%s is a video once one is attached', (file) => {
    const { document, bytes } = load('ap', file);
    const read = normaliseActivity(document, bytes);
    const isCreate = read.ok && read.activity.type === 'Create';
    const note = isCreate ? (read.activity.object ?? {}) : document;
    const author = isCreate ? read.activity.actorUri : (idOf(listOf(note.attributedTo)[0]) ?? '');
    const url = 'https://a.example/clip.mp4';
    const attachment = [...listOf(note.attachment), { type: 'Document', mediaType: 'video/mp4', url }];
    const result = readVideoNote({ ...note, attachment }, { actorUri: author, followersUri: null }, NOW);
    expect(result).toMatchObject({ ok: true, video: { sourceUrl: url, uri: note.id, visibility: 'public' } });
  });

  test('nothing throws, whatever the document is', () => {
    for (const folder of ['ap', 'peertube']) {
      for (const file of readdirSync(join(FIXTURES, folder)).filter((name) => name.endsWith('.json'))) {
        const { document, bytes } = load(folder, file);
        expect(() => [
          normaliseActivity(document, bytes),
          readActor(document),
          verdict(folder, file),
        ]).not.toThrow();
      }
    }
  });
});
