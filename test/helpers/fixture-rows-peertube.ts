import { expect } from 'vitest';
import type { FixtureRow } from './fixture-rows.ts';

const likes = { likes: 1, comments: 0, shares: 0 };
const nothing = { likes: 0, comments: 0, shares: 0 };

const VIDEO = { 'https://ours.example/v/cre-perC': 'video', 'https://ours.example/a/bob': 'alice' } as const;
const COMMENT = { 'https://ours.example/n/cD': 'comment', 'https://ours.example/a/bob': 'alice' } as const;
const BOB = { 'https://ours.example/a/bob': 'alice', 'https://ours.example/a/bob_clips': 'alice' } as const;
const created = ['activity-Create-Video.json'];

/** What PeerTube 6.3 sent, captured; alice follows its account, channel and server. */
export const peertubeRows: Readonly<Record<string, FixtureRow>> = {
  'activity-Accept-Follow.json': {
    verdict: 'applied',
    ours: { ...BOB, 'https://ours.example/follow/B0': 'follow' },
    ...{ look: 'follows', facts: ['accepted', 'accepted', 'accepted'] },
  },
  'activity-Announce-ByChannel.json': { verdict: 'applied', look: 'rows of shares', facts: 0 },
  'activity-Announce-ByInstance.json': { verdict: 'applied', look: 'rows of shares', facts: 0 },
  'activity-ApproveReply.json': { verdict: 'ignored: unsupported-type', ours: COMMENT },
  'activity-Create-CacheFile.json': {
    verdict: 'ignored: not-a-post',
    ours: { 'https://ours.example/v/full~3': 'video' },
  },
  'activity-Create-NoteOnOurVideo.json': {
    ...{ verdict: 'applied', ours: VIDEO, look: 'said' },
    facts: { parentId: null, visibility: 'public', contentHtml: expect.stringMatching(/^<p>/) },
  },
  'activity-Create-NoteReplyOnOwnVideo.json': {
    ...{ verdict: 'applied', ours: COMMENT, after: created, look: 'said' },
    facts: { parentId: expect.any(String), contentHtml: expect.stringMatching(/^<p>/) },
  },
  'activity-Create-Playlist.json': { verdict: 'ignored: not-a-post', look: 'rows of videos', facts: 1 },
  'activity-Create-Video.json': {
    ...{ verdict: 'applied', look: 'kept' },
    facts: {
      visibility: 'public',
      captionHtml: expect.stringContaining('<p>Second clip</p>'),
      sourceUrl: expect.stringMatching(/\.mp4$/),
      attributedTo: [expect.stringMatching(/\/accounts\/alice$/)],
    },
  },
  'activity-Create-VideoLive.json': { verdict: 'ignored: is-live', look: 'rows of videos', facts: 1 },
  'activity-Create-WatchAction.json': { verdict: 'ignored: not-a-post', ours: VIDEO },
  'activity-Delete-Comment.json': {
    ...{ verdict: 'applied', ours: VIDEO, after: ['activity-Create-NoteOnOurVideo.json'] },
    ...{ look: 'counts', facts: nothing },
  },
  'activity-Delete-Playlist.json': { verdict: 'applied', look: 'rows of videos', facts: 1 },
  // By the person, of a video that is the channel’s.
  'activity-Delete-Video.json': { verdict: 'applied', after: created, look: 'rows of videos', facts: 1 },
  'activity-Dislike.json': { verdict: 'applied', ours: VIDEO, look: 'rows of dislikes', facts: 1 },
  'activity-Flag-Account.json': {
    ...{ verdict: 'applied', ours: BOB, look: 'newest reports', facts: { video_ids: [] } },
  },
  'activity-Flag-Video.json': {
    ...{ verdict: 'applied', ours: VIDEO, look: 'newest reports' },
    facts: { comment: 'test report reason', video_ids: [expect.any(String)] },
  },
  'activity-Follow-ByAccount.json': {
    ...{ verdict: 'applied', ours: BOB, look: 'follows', facts: Array(4).fill('accepted') },
  },
  'activity-Like.json': { verdict: 'applied', ours: VIDEO, look: 'counts', facts: likes },
  // Of a follow by an account that we have none of.
  'activity-Reject-Follow.json': {
    ...{ verdict: 'ignored: no-such-request', ours: { 'https://ours.example/a/app': 'instance' } },
    ...{ look: 'follows', facts: Array(3).fill('accepted') },
  },
  'activity-Undo-Dislike.json': {
    ...{
      verdict: 'applied',
      ours: VIDEO,
      after: ['activity-Dislike.json'],
      look: 'rows of dislikes',
      facts: 0,
    },
  },
  'activity-Undo-Follow.json': {
    ...{ verdict: 'applied', ours: BOB, after: ['activity-Follow-ByAccount.json'] },
    ...{ look: 'follows', facts: Array(3).fill('accepted') },
  },
  'activity-Undo-Like.json': {
    ...{ verdict: 'applied', ours: VIDEO, after: ['activity-Like.json'], look: 'counts', facts: nothing },
  },
  'activity-Update-Group.json': {
    ...{ verdict: 'applied', look: 'account', facts: { displayName: 'Alice Clips 2', actorType: 'Group' } },
  },
  'activity-Update-Person.json': {
    ...{ verdict: 'applied', look: 'account', facts: { displayName: 'Alice Two' } },
  },
  'activity-Update-Playlist.json': { verdict: 'ignored: not-a-post' },
  // One of several in a row, for each rendition: nothing of it is newer than the Create.
  'activity-Update-Video.json': {
    ...{ verdict: 'ignored: not-newer', after: created, look: 'kept', facts: { visibility: 'public' } },
  },
  'activity-Update-VideoUnlisted.json': {
    ...{ verdict: 'applied', after: created, look: 'kept' },
    facts: { visibility: 'unlisted', captionHtml: expect.stringContaining('Second clip renamed') },
  },
  'activity-View-Count.json': { verdict: 'applied', ours: VIDEO, look: 'rows of remote_views', facts: 1 },
  'activity-View-Viewer.json': {
    ...{ verdict: 'ignored: presence', ours: VIDEO, look: 'rows of remote_views', facts: 0 },
  },
};

/** Posts of PeerTube as it serves them, passed on by somebody. */
export const peertubePostRows: Readonly<Record<string, FixtureRow>> = {
  'comment-note.json': { verdict: 'ignored: unknown-parent' },
  'minimal-accepted-video.json': { verdict: 'ignored: author-not-found' },
  'playlist.json': { verdict: 'ignored: not-a-note' },
  'video-hls.json': {
    ...{ verdict: 'applied', look: 'kept' },
    facts: { width: 720, height: 1280, sourceUrl: expect.stringMatching(/-fragmented\.mp4$/) },
  },
  'video-hls-and-web-files.json': {
    ...{ verdict: 'applied', look: 'kept', facts: { width: 720, height: 1280, commentsOpen: true } },
  },
  'video-live.json': { verdict: 'ignored: is-live' },
};
