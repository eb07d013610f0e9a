import type { Status } from '../../web/src/api/types.ts';
import type { FakeState } from './fake-state.ts';

/** A page of a feed of the fake server; the next one goes on below the clip it ends with. */
export function feedOf(state: FakeState, query: URLSearchParams) {
  const isFollowed = ({ account, reblog }: Status) =>
    account.id === state.me?.id || reblog !== null || state.relationships.get(account.id)?.following;
  const type = query.get('feed_type');
  const all = state.statuses.filter(
    (status) => !state.unwanted.has(status.id) && (type !== 'following' || isFollowed(status)),
  );
  const cursor = query.get('cursor');
  const from = cursor === null ? 0 : all.findIndex(({ id }) => id === cursor) + 1;
  const statuses = all.slice(from, from + Number(query.get('limit')));
  const isEnd = from + statuses.length >= all.length;
  return { statuses, next_cursor: isEnd ? null : (statuses.at(-1)?.id ?? null) };
}

/** Likes or saves a clip of the fake server, or takes that back; undefined where there is none. */
export function react(state: FakeState, call: string, id: string): Status | undefined {
  const on = !/\/un(?:favourite|bookmark)$/.test(call);
  const was = state.statuses.find((status) => status.id === id);
  if (!was) return undefined;
  const likes = was.favourites_count + Number(on) - Number(was.favourited);
  const now = call.endsWith('favourite')
    ? { ...was, favourited: on, favourites_count: likes }
    : { ...was, bookmarked: on };
  state.statuses = state.statuses.map((status) => (status.id === id ? now : status));
  return now;
}
