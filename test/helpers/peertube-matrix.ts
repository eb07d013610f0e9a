import type { PeerTubeWorld } from './peertube.ts';

// biome-ignore lint/suspicious/noExplicitAny: documents that are bent out of shape.
type Json = any;

const HLS = 'application/x-mpegURL';
const without = (name: string) => (video: Json) => delete video[name];
const set = (changes: object) => (video: Json) => Object.assign(video, changes);
const file = (changes: object) => (video: Json) => Object.assign(video.url[0], changes);
const noFile = (name: string) => (video: Json) => delete video.url[0][name];
const icon = (changes: object) => (video: Json) => Object.assign(video.icon[0], changes);
const hlsLink = (changes: object = {}) => ({
  ...{ type: 'Link', mediaType: HLS, href: 'https://ours.example/m/master.m3u8', tag: [] },
  ...changes,
});
const fragment = (video: Json) => ({ ...video.url[0], href: 'https://ours.example/m/f-720-fragmented.mp4' });
const PERSON = { type: 'Person', id: 'https://ours.example/a/bob' };
const attributed = (...attributedTo: unknown[]) => set({ attributedTo });
const ENGLISH = { identifier: 'en', name: 'English' };
const SCIENCE = { identifier: '15', name: 'Science & Technology' };

/** Actors behind `minimal-accepted-video.json` and its variants. */
export const matrixWorld: PeerTubeWorld = {
  actors: Object.fromEntries(
    [
      { ...PERSON },
      { type: 'Group', id: 'https://ours.example/a/bob_clips', attributedTo: [PERSON] },
      { type: 'Group', id: 'https://ours.example/a/orphan' },
      { type: 'Group', id: 'https://ours.example/a/string', attributedTo: PERSON.id },
      { type: 'Group', id: 'https://ours.example/a/strings', attributedTo: [PERSON.id] },
    ].map((actor) => [actor.id, actor]),
  ),
  uuids: ['11111111-2222-4333-8444-555555555555'],
};

const GROUP = 'https://ours.example/a/bob_clips';
const CAPTIONS = { identifier: 'en', name: 'English', url: 'https://ours.example/m/en.vtt' };

/** The mutations of `acceptance-matrix.json`, by name. */
export const matrix: Readonly<Record<string, (video: Json) => unknown>> = {
  min: () => null,
  'hls-only-tag-empty': set({ url: [hlsLink()] }),
  'hls-no-tag': set({ url: [hlsLink({ tag: undefined })] }),
  'hls-vnd-mime': set({ url: [hlsLink({ mediaType: 'application/vnd.apple.mpegurl' })] }),
  'hls-with-file': (video) => set({ url: [hlsLink({ tag: [fragment(video)] })] })(video),
  'hls-tag-plus-mp4': (video) => video.url.push(hlsLink({ tag: [fragment(video)] })),
  'url-empty': set({ url: [] }),
  'url-html-only': set({
    url: [{ type: 'Link', mediaType: 'text/html', href: 'https://ours.example/v/min' }],
  }),
  'url-string': set({ url: 'https://ours.example/v/min' }),
  'url-single-object': (video) => set({ url: video.url[0] })(video),
  'mp4-no-size': noFile('size'),
  'mp4-no-height': noFile('height'),
  'mp4-no-width': noFile('width'),
  'mp4-no-fps': noFile('fps'),
  'mp4-fps-float': file({ fps: 29.97 }),
  'mp4-webm': file({ mediaType: 'video/webm', href: 'https://ours.example/m/x-720.webm' }),
  'two-mp4-same-height': (video) => video.url.push(fragment(video)),
  'no-uuid': without('uuid'),
  'identifier-instead': (video) => set({ identifier: video.uuid, uuid: undefined })(video),
  'uuid-v7': set({ uuid: '01932c07-5b0e-7c7e-9d5a-5f5d7d0a1b2c' }),
  'no-views': without('views'),
  'no-published': without('published'),
  'no-updated': without('updated'),
  'no-icon': without('icon'),
  'icon-png': icon({ mediaType: 'image/png' }),
  'icon-webp': icon({ mediaType: 'image/webp' }),
  'icon-object': (video) => set({ icon: video.icon[0] })(video),
  'icon-no-dims': icon({ width: undefined, height: undefined }),
  'icon-url-array': icon({ url: ['https://ours.example/m/thumb.jpg'] }),
  'attr-string-group': set({ attributedTo: GROUP }),
  'attr-arr-strings': attributed(PERSON.id, GROUP),
  'attr-person-only': attributed(PERSON),
  'attr-person-first': attributed(PERSON, { type: 'Group', id: GROUP }),
  'attr-orphan-group': attributed({ type: 'Group', id: 'https://ours.example/a/orphan' }),
  'attr-group-attr-string': attributed({ type: 'Group', id: 'https://ours.example/a/string' }),
  'attr-group-attr-strarr': attributed({ type: 'Group', id: 'https://ours.example/a/strings' }),
  'dur-float': set({ duration: 'PT10.5S' }),
  'dur-min': set({ duration: 'PT1M10S' }),
  'dur-missing': without('duration'),
  'dur-P': set({ duration: 'P0DT10S' }),
  'name-2': set({ name: 'ab' }),
  'name-121': set({ name: 'a'.repeat(121) }),
  'name-missing': without('name'),
  'content-html': set({ content: '<p>Hello</p>', mediaType: 'text/html' }),
  'content-plain': set({ content: 'Hello', mediaType: 'text/plain' }),
  'content-no-mt': set({ content: 'Hello' }),
  'content-2': set({ content: 'ab', mediaType: 'text/markdown' }),
  'content-empty': set({ content: '', mediaType: 'text/markdown' }),
  'content-null': set({ content: null }),
  'content-11k': set({ content: 'a'.repeat(11_000), mediaType: 'text/markdown' }),
  'to-missing': without('to'),
  'to-string': set({ to: 'https://www.w3.org/ns/activitystreams#Public' }),
  'to-followers': set({ to: ['https://ours.example/a/bob/followers'] }),
  'to-empty-cc-public': set({ to: [], cc: ['https://www.w3.org/ns/activitystreams#Public'] }),
  'comments-on': set({ commentsPolicy: 1 }),
  'comments-legacy-on': set({ commentsEnabled: true }),
  'comments-approval': set({ commentsPolicy: 3 }),
  'lang-string': set({ language: 'en' }),
  'lang-obj': set({ language: ENGLISH }),
  'cat-obj': set({ category: SCIENCE }),
  'cat-int-ident': set({ category: { ...SCIENCE, identifier: 15 } }),
  'licence-spdx': set({ licence: { identifier: 'CC-BY-4.0', name: 'Attribution' } }),
  'licence-string': set({ licence: '1' }),
  'tags-7-hash': set({ tag: [...'abcdefg'].map((one) => ({ type: 'Hashtag', name: `#${one}` })) }),
  'tag-long': set({ tag: [{ type: 'Hashtag', name: 'a'.repeat(31) }] }),
  captions: set({ subtitleLanguage: [CAPTIONS] }),
  'captions-obj': set({ subtitleLanguage: CAPTIONS }),
  sensitive: set({ sensitive: true }),
  support: set({ support: 'Tip me' }),
  full: set({
    ...{ sensitive: true, support: 'Tip me', commentsPolicy: 1, language: ENGLISH, category: SCIENCE },
    ...{ content: 'Hello', mediaType: 'text/markdown', subtitleLanguage: [CAPTIONS], cc: [] },
  }),
  'type-note-video-attachment': (video) =>
    set({ type: 'Note', attachment: [{ type: 'Document', mediaType: 'video/mp4', url: video.url[0].href }] })(
      video,
    ),
  'extra-unknown': set({ loop: true }),
  'tracker-none-magnet': (video) =>
    video.url.push({
      type: 'Link',
      mediaType: 'application/x-bittorrent;x-scheme-handler/magnet',
      ...{ href: 'magnet:?xt=urn:btih:none&dn=x', height: 1_280 },
    }),
  'views-string': set({ views: '7' }),
  'hls-fileless-master-404': set({ url: [hlsLink({ href: 'https://ours.example/m/none.m3u8' })] }),
  'icon-fetch-404': icon({ url: 'https://ours.example/m/none.jpg' }),
  'dup-uuid': set({ uuid: '11111111-2222-4333-8444-555555555555' }),
};
