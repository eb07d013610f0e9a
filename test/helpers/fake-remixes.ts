import type { RemixOf, RemixPermission, Status } from '../../web/src/api/types.ts';
import { fakeStatus } from './fake-entities.ts';

const yes = { allowed: true, asks: false, reason: null, message: null };

/** What the fake server says of who may make a duet or a stitch: everybody, until a test says otherwise. */
export const everybodyMay: RemixPermission = { duet: yes, stitch: yes };

export const nobodyMay = (message: string): RemixPermission => {
  const no = { allowed: false, asks: false, reason: 'remix-not-allowed', message };
  return { duet: no, stitch: no };
};

/** A clip that was made from another one of the same server. */
export function fakeRemix(of: Status, like: Parameters<typeof fakeStatus>, change: Partial<RemixOf> = {}) {
  const remix = fakeStatus(...like);
  const { id, username, acct, display_name, url } = of.account;
  const remix_of: RemixOf = {
    ...{
      kind: 'duet',
      layout: 'side_by_side',
      state: 'available',
      unpublished: false,
      refusal: null,
      video_id: of.id,
      url: of.url,
    },
    account: { id, username, acct, display_name, url },
    ...change,
  };
  return { ...remix, video: remix.video && { ...remix.video, remix_of } };
}

interface Known {
  readonly statuses: readonly Status[];
  readonly mayRemix: RemixPermission;
}

/** What the fake server answers to questions about remixes; `undefined`: that is none. */
export function answerRemixes(known: Known, call: string, query: URLSearchParams): unknown {
  if (/^GET \/api\/v1\/videos\/\d+\/remix_permission$/.test(call)) return known.mayRemix;
  if (call === 'GET /api/v1/remix_requests') return [];
  const of = /^(?:GET|DELETE) \/api\/v1\/videos\/(\d+)\/remixes(?:\/\d+)?$/.exec(call)?.[1];
  if (of !== undefined) {
    if (call.startsWith('DELETE')) return {};
    return known.statuses.filter(({ video }) => video?.remix_of?.video_id === of);
  }
  if (call !== 'GET /api/v1/statuses') return undefined;
  const ids = query.getAll('id[]');
  return known.statuses.filter(({ id }) => ids.includes(id));
}
