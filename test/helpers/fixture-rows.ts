import { expect } from 'vitest';

/** What a document of a real server must come to, and why it is kept: shared/fixtures/ap/INDEX.md. */
export interface FixtureRow {
  /** What becomes of it. */
  readonly verdict: string;
  /** Addresses of the receiving server, and what of ours they become. */
  readonly ours?: Readonly<Record<string, Ours>>;
  /** Documents that came before; with a hash, the activity inside of one. */
  readonly after?: readonly string[];
  /** With a video attached, for what is read of a Note that nobody can play. */
  readonly withVideo?: boolean;
  /** What is looked at after the verdict, and what must be seen there. */
  readonly look?: FixtureLook;
  readonly facts?: unknown;
}

/** What of ours an address stands for. */
export type Ours = 'alice' | 'video' | 'comment' | 'instance' | 'follow';

export type FixtureLook =
  | 'counts'
  | 'kept'
  | 'said'
  | 'follows'
  | 'account'
  | `rows of ${string}`
  | `newest ${'accounts' | 'reports' | 'likes'}`;

const LAIN = { 'http://localtesting.pleroma.lol/users/lain': 'alice' } as const;
const OBJECT = {
  'http://localtesting.pleroma.lol/objects/eb92579d-3417-42a8-8652-2492c2d4f454': 'video',
} as const;
const likes = { likes: 1, comments: 0, shares: 0 };
const nothing = { likes: 0, comments: 0, shares: 0 };

/** Activities, as they come to the inbox from an account that alice follows. */
export const activityRows: Readonly<Record<string, FixtureRow>> = {
  'attack-cross-origin-actor.json': { verdict: expect.stringContaining('foreign-id') },
  'friendica-create-note.json': {
    verdict: 'applied',
    ours: { 'https://lemmy.schuerz.at/post/25360': 'video' },
    ...{ look: 'counts', facts: { ...nothing, comments: 1 } },
  },
  'funkwhale-create-audio.json': { verdict: 'ignored: not-a-post', look: 'rows of videos', facts: 1 },
  'gotosocial-move-actor-mismatch.json': {
    verdict: 'refused: not-the-owner',
    ...{ look: 'follows', facts: ['accepted'] },
  },
  'gotosocial-poll-vote-multi.json': {
    verdict: 'ignored: is-vote',
    ours: { 'https://example.org/users/bobby_tables/statuses/123456': 'video' },
    ...{ look: 'counts', facts: nothing },
  },
  'gotosocial-vote.json': {
    verdict: 'ignored: is-vote',
    ours: { 'http://fossbros-anonymous.io/users/foss_satan/statuses/01HEN2QRFA8H3C6QPN7RD4KSR6': 'video' },
    ...{ look: 'counts', facts: nothing },
  },
  'hubzilla-follow-actor-object.json': {
    verdict: 'applied',
    ours: { 'https://localtesting.pleroma.lol/users/lain': 'alice' },
    ...{ look: 'follows', facts: ['accepted', 'accepted'] },
  },
  'kroeg-announce-inline-actor.json': {
    verdict: 'ignored: object-not-found',
    look: 'rows of shares',
    facts: 0,
  },
  'kroeg-tag-not-array.json': {
    verdict: 'applied',
    ...{ withVideo: true, look: 'kept', facts: { visibility: 'public' } },
  },
  'lemmy-announce-create-page.json': {
    verdict: 'ignored: object-not-found',
    look: 'rows of videos',
    facts: 1,
  },
  'lemmy-create-comment.json': {
    verdict: 'applied',
    ours: { 'http://ds9.lemmy.ml/post/1': 'video' },
    ...{ look: 'said', facts: { contentHtml: 'hello', visibility: 'public' } },
  },
  'lemmy-delete-user.json': {
    verdict: 'applied',
    look: 'newest accounts',
    facts: { state: 'deleted' },
  },
  'lemmy-dislike-page.json': {
    verdict: 'applied',
    ours: { 'http://ds9.lemmy.ml/post/1': 'video' },
    ...{ look: 'rows of dislikes', facts: 1 },
  },
  'lemmy-like-note.json': {
    verdict: 'applied',
    ours: { 'http://ds9.lemmy.ml/comment/1': 'video' },
    ...{ look: 'counts', facts: likes },
  },
  'lemmy-report-page.json': {
    verdict: 'applied',
    ours: { 'http://enterprise.lemmy.ml/post/7': 'video' },
    ...{ look: 'newest reports', facts: { comment: 'report this post' } },
  },
  'lemmy-undo-dislike-page.json': {
    verdict: 'ignored: nothing-to-undo',
    ours: { 'http://ds9.lemmy.ml/post/1': 'video' },
    after: ['lemmy-dislike-page.json'],
    ...{ look: 'rows of dislikes', facts: 1 },
  },
  'loops-undo-follow.json': {
    verdict: 'applied',
    ours: { 'https://mastodon.social/users/bob': 'alice' },
    after: ['loops-undo-follow.json#Follow'],
    ...{ look: 'follows', facts: ['accepted'] },
  },
  'mastodon-announce-embedded-foreign-object.json': {
    verdict: 'ignored: object-not-found',
    ...{ look: 'rows of videos', facts: 1 },
  },
  'mastodon-block.json': {
    ...{ verdict: 'applied', ours: LAIN, look: 'follows', facts: [] },
  },
  'mastodon-create-note-contentmap.json': {
    ...{ verdict: 'applied', withVideo: true, ours: LAIN, look: 'kept' },
    facts: {
      language: 'en',
      contentWarning: 'cw',
      sensitive: true,
      captionHtml: expect.stringContaining('lain'),
      mentions: [expect.any(String)],
    },
  },
  'mastodon-create-note-hashtag.json': {
    ...{ verdict: 'applied', withVideo: true, ours: LAIN, look: 'kept' },
    facts: { captionHtml: expect.stringContaining('#moo'), sensitive: true },
  },
  'mastodon-create-note-ldsig.json': {
    verdict: 'applied',
    withVideo: true,
    ours: LAIN,
    look: 'kept',
    facts: {},
  },
  'mastodon-create-note-mention.json': {
    verdict: 'applied',
    ours: { 'https://mamot.fr/users/retiolus/statuses/107224244380204526': 'video' },
    ...{ look: 'said', facts: { parentId: null } },
  },
  'mastodon-create-note-nsfw.json': {
    ...{ verdict: 'applied', withVideo: true, ours: LAIN, look: 'kept' },
    facts: { sensitive: true, contentWarning: 'cw' },
  },
  'mastodon-delete-note.json': { verdict: 'applied', look: 'rows of tombstones', facts: 1 },
  'mastodon-flag.json': {
    verdict: 'applied',
    ours: { 'https://example.com/users/1': 'alice', 'https://example.com/posts/380590': 'video' },
    look: 'newest reports',
    facts: { comment: 'Please take a look at this user and their posts', forwarded: false, state: 'open' },
  },
  'mastodon-ldsig-create-bad.json': {
    // Neither a good nor a bad signature of this kind says anything; that of the request does.
    verdict: 'applied',
    ours: { 'http://localhost:9000/videos/watch/90e6f8ed-b369-423c-b0c8-f44e5350c752': 'video' },
    ...{ look: 'counts', facts: { ...nothing, comments: 1 } },
  },
  'mastodon-ldsig-create.json': {
    verdict: 'applied',
    ours: { 'http://localhost:9000/videos/watch/90e6f8ed-b369-423c-b0c8-f44e5350c752': 'video' },
    ...{ look: 'counts', facts: { ...nothing, comments: 1 } },
  },
  'mastodon-like.json': { verdict: 'applied', ours: OBJECT, look: 'counts', facts: likes },
  'mastodon-reject.json': {
    ...{ verdict: 'applied', ours: LAIN, look: 'follows', facts: [] },
  },
  'mastodon-undo-announce.json': {
    verdict: 'applied',
    after: ['mastodon-undo-announce.json#Announce'],
    ...{ look: 'counts', facts: nothing },
  },
  'mastodon-undo-block.json': {
    ...{ verdict: 'applied', ours: LAIN, after: ['mastodon-block.json'] },
    ...{ look: 'rows of account_blocks', facts: 0 },
  },
  'mastodon-undo-like-by-id-only.json': {
    ...{ verdict: 'applied', ours: OBJECT, after: ['mastodon-like.json'], look: 'counts', facts: nothing },
  },
  'mastodon-undo-like.json': {
    ...{ verdict: 'applied', ours: OBJECT, after: ['mastodon-like.json'], look: 'counts', facts: nothing },
  },
  'mastodon-vote.json': {
    verdict: 'ignored: is-vote',
    ours: { 'https://testing.uguu.ltd/objects/9d300947-2dcb-445d-8978-9a3b4b84fa14': 'video' },
    ...{ look: 'counts', facts: nothing },
  },
  'mbin-flag.json': {
    verdict: 'applied',
    ours: { 'https://lemmy-test/post/4': 'video', 'https://lemmy-test/u/BentiGorlich': 'alice' },
    ...{ look: 'newest reports', facts: { comment: 'dikjhgasdpas dsaü' } },
  },
  'misskey-like-custom-emoji-2022.json': {
    verdict: 'applied',
    ours: { 'https://pleroma.local.live/objects/89937a53-2692-4631-bb62-770091267391': 'video' },
    ...{ look: 'newest likes', facts: { emoji: ':hanapog:' } },
  },
  'mitra-create-post.json': {
    verdict: 'applied',
    withVideo: true,
    look: 'kept',
    facts: { visibility: 'public' },
  },
  'peertube-announce-without-context.json': { verdict: 'ignored: object-not-found' },
  'peertube-video-framatube-webtorrent.json': {
    ...{ verdict: 'applied', look: 'kept' },
    facts: { height: 1080, sourceUrl: expect.stringMatching(/6050732a-.*-1080(-fragmented)?\.mp4$/) },
  },
  'peertube-video-mpegurl-only.json': {
    ...{ verdict: 'applied', look: 'kept' },
    facts: { height: 1080, sourceUrl: expect.stringMatching(/abece3c3-.*-1080-fragmented\.mp4$/) },
  },
  'pleroma-create-note-two-images.json': {
    ...{ verdict: 'applied', withVideo: true, look: 'kept', facts: { visibility: 'public' } },
  },
  'pleroma-create-note.json': {
    verdict: 'applied',
    ours: { 'https://enterprise.lemmy.ml/post/55143': 'video' },
    ...{ look: 'said', facts: { language: null } },
  },
  'pleroma-delete.json': { verdict: 'applied', look: 'rows of tombstones', facts: 1 },
  'pleroma-emojireact-empty.json': {
    ...{ verdict: 'ignored: not-an-emoji', ours: OBJECT, look: 'counts', facts: nothing },
  },
  'pleroma-emojireact-too-long.json': {
    ...{ verdict: 'ignored: not-an-emoji', ours: OBJECT, look: 'counts', facts: nothing },
  },
  'pleroma-emojireact.json': { verdict: 'applied', ours: OBJECT, look: 'counts', facts: likes },
  'pleroma-follow.json': {
    verdict: 'applied',
    ours: { 'https://lemmy.ca/u/kinetix': 'alice' },
    ...{ look: 'follows', facts: ['accepted', 'accepted'] },
  },
};

/** Posts that somebody passes on, and their servers serve. */
export const postRows: Readonly<Record<string, FixtureRow>> = {
  'akkoma-note-null-sensitive-string-source.json': {
    ...{ verdict: 'applied', withVideo: true, look: 'kept', facts: { sensitive: false, language: 'en' } },
  },
  'bandwagon-album.json': { verdict: 'ignored: not-a-note', look: 'rows of videos', facts: 1 },
  'discourse-page.json': { verdict: 'ignored: no-video' },
  'gotosocial-note-local-interaction-policy.json': {
    verdict: 'applied',
    ours: { 'http://localhost:8080/users/the_mighty_zork/statuses/01F8MHAMCHF6Y650WCRSCP4WMY': 'video' },
    ...{ look: 'said', facts: { parentId: null } },
  },
  'mastodon-note-mention-array-thread.json': { verdict: 'applied', withVideo: true, look: 'kept', facts: {} },
  'misskey-note-mfm.json': {
    ...{
      verdict: 'applied',
      withVideo: true,
      look: 'kept',
      facts: { captionHtml: 'this does not get replaced' },
    },
  },
  'misskey-quote.json': {
    ...{
      verdict: 'applied',
      withVideo: true,
      look: 'kept',
      facts: { captionHtml: expect.stringContaining('RE:') },
    },
  },
  'owncast-note-live-preview.json': { verdict: 'ignored: no-video' },
  'peertube-note-comment.json': {
    verdict: 'applied',
    ours: { 'https://bae.st/objects/87c1cbf5-542a-491d-af57-0414c8648381': 'video' },
    ...{ look: 'said', facts: { contentHtml: expect.stringContaining('<p>@af2') } },
  },
  'peertube-video-2025.json': {
    ...{ verdict: 'applied', look: 'kept' },
    facts: {
      height: 1080,
      commentsOpen: true,
      sourceUrl: expect.stringMatching(/-1080-fragmented\.mp4$/),
      captionHtml: expect.stringContaining('Mesa, Wayland &#38; X.org'),
    },
  },
  'pixelfed-note-image.json': {
    ...{ verdict: 'applied', withVideo: true, look: 'kept', facts: { commentsOpen: false } },
  },
  'pleroma-chat-message.json': { verdict: 'ignored: not-a-note', look: 'rows of videos', facts: 1 },
};
