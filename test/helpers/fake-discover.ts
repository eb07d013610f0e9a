import type { Sound } from '../../web/src/api/schema.gen.ts';
import type { Account, Status } from '../../web/src/api/types.ts';

interface Known {
  readonly accounts: readonly Account[];
  readonly statuses: readonly Status[];
}

/** A sound that somebody has used twice today. */
const fakeSound = (id: string, author: Account | null): Sound => ({
  ...{
    id,
    title: 'Dawn chorus',
    url: `/sounds/${id}`,
    author,
    video_id: null,
    preview_url: null,
    audio_url: null,
    duration: null,
    withheld: null,
    here: null,
  },
  ...{
    uses: 2,
    history: [{ day: '1767225600', uses: '2' }],
    saved: false,
    own: false,
    use: null,
    rights: null,
  },
  created_at: '2026-01-01T00:00:00.000Z',
});

/** What the fake server answers to screens that search; `undefined`: that is no question of theirs. */
export function answerDiscover(known: Known, call: string, query: URLSearchParams): unknown {
  const tag = /^GET \/api\/v1\/(?:tags|timelines\/tag)\/([^/]+)$/.exec(call)?.[1];
  if (tag !== undefined) {
    if (call.includes('/timelines/')) return [];
    return {
      id: tag,
      name: tag,
      url: `/tag/${tag}`,
      history: [],
      following: false,
      muting: false,
      featuring: false,
    };
  }
  if (/^GET \/api\/v1\/sounds\/\d+\/statuses$/.test(call)) return known.statuses;
  const sound = /^GET \/api\/v1\/sounds\/(\d+)$/.exec(call)?.[1];
  if (sound !== undefined) return fakeSound(sound, known.accounts[0] ?? null);
  if (/^GET \/api\/v1\/(?:trends|search)\/sounds$/.test(call))
    return [fakeSound('31', known.accounts[0] ?? null)];
  if (call === 'GET /api/v1/trends/tags' || call === 'GET /api/v1/trends/statuses') return [];
  if (call === 'GET /api/v1/accounts/lookup') {
    return known.accounts.find(({ acct }) => acct === query.get('acct'));
  }
  if (call === 'GET /api/v1/favourites') return known.statuses.filter(({ favourited }) => favourited);
  if (call === 'GET /api/v1/search/videos') {
    const word = (query.get('q') ?? '').toLowerCase();
    const statuses = known.statuses.filter(({ content }) => content.toLowerCase().includes(word));
    return { statuses, corrected: null, next_cursor: null };
  }
  if (call === 'GET /api/v1/search/suggestions')
    return { accounts: begunSo(known, query), hashtags: [], sounds: [] };
  if (call !== 'GET /api/v1/accounts/search') return undefined;
  return begunSo(known, query);
}

function begunSo(known: Known, query: URLSearchParams): readonly Account[] {
  const q = (query.get('q') ?? '').replace(/^@/, '');
  return known.accounts.filter(({ acct }) => acct.startsWith(q));
}
