import type { AdminStorage, RetentionClass } from '../../api/schema.gen.ts';
import { bytes } from '../../format.ts';
import type { Tone } from '../parts/badge.tsx';
import { say } from './say.ts';

type Kind = AdminStorage['kinds'][number]['kind'];
type ClassName = RetentionClass['class'];
type State = RetentionClass['state'];

export const kindNames: Readonly<Record<Kind, string>> = {
  originals: say('kindOriginals'),
  renditions: say('kindRenditions'),
  thumbnails: say('kindThumbnails'),
  'remote-videos': say('kindRemoteVideos'),
  'remote-posters': say('kindRemotePosters'),
  pictures: say('kindPictures'),
  archives: say('kindArchives'),
  uploads: say('kindUploads'),
  database: say('kindDatabase'),
};

export const classNames: Readonly<Record<ClassName, string>> = {
  originals: say('classOriginals'),
  renditions: say('classRenditions'),
  thumbnails: say('classThumbnails'),
  'remote-posters': say('classRemotePosters'),
  'remote-videos': say('classRemoteVideos'),
  uploads: say('classUploads'),
  archives: say('classArchives'),
  evidence: say('classEvidence'),
  'legal-holds': say('classLegalHolds'),
  claims: say('classClaims'),
  'remix-requests': say('classRemixRequests'),
  removals: say('classRemovals'),
  activities: say('classActivities'),
  deliveries: say('classDeliveries'),
  peers: say('classPeers'),
  sessions: say('classSessions'),
  notifications: say('classNotifications'),
  feeds: say('classFeeds'),
  jobs: say('classJobs'),
  mails: say('classMails'),
  classifier: say('classClassifier'),
  undo: say('classUndo'),
  audit: say('classAudit'),
};

export const stateNames: Readonly<Record<State, { readonly words: string; readonly tone: Tone }>> = {
  kept: { words: say('stateKept'), tone: 'plain' },
  waiting: { words: say('stateWaiting'), tone: 'plain' },
  running: { words: say('stateRunning'), tone: 'plain' },
  ok: { words: say('stateOk'), tone: 'good' },
  failing: { words: say('stateFailing'), tone: 'bad' },
  overdue: { words: say('stateOverdue'), tone: 'bad' },
};

export const isBad = ({ state }: RetentionClass): boolean => state === 'failing' || state === 'overdue';

/** How a disk is called; one that this page does not know by its own name. */
export function placeName(name: string): string {
  if (name === 'data') return say('placeData');
  if (name === 'media') return say('placeMedia');
  return name === 'bucket' ? say('placeBucket') : name;
}

/** For how long and how much of it things are kept. */
export function keepingOf({ state, days, max_bytes: cap }: RetentionClass): string {
  if (state === 'kept') return say('forEver');
  const time = days === null ? [] : [days < 2 ? say('hours', { n: days * 24 }) : say('days', { n: days })];
  const room = cap === null ? [] : [say('atMost', { size: bytes(cap) })];
  return [...time, ...room].join(', ') || say('byItself');
}
