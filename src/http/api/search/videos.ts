import { z } from 'zod';
import { searchLimits } from '../../../../config/search-limits.ts';
import type { AccountId, VideoId } from '../../../lib/ids.ts';
import type { SearchPlace } from '../../../modules/search/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { refused } from '../../errors.ts';
import { route } from '../../route.ts';
import { accountEntitiesOf } from '../accounts/entities.ts';
import { statusEntitiesOf, statusFactsOf } from '../entities.ts';
import { languagesOf, openCursor } from '../feed/pages.ts';
import { cursorQuery } from '../feed/schemas.ts';
import { timeZoneQuery, whole } from '../inputs.ts';
import { accountsInOrder } from '../relations/people.ts';
import { accountEntity, flagSchema, type StatusEntity, statusEntity } from '../schemas.ts';
import { soundEntitiesOf } from '../sounds/entities.ts';
import { soundEntity } from '../sounds/schemas.ts';

/** What one caller may search for: a search costs more than most reads. The page asks for five kinds at once, whenever somebody pauses. */
export const SEARCHES = { name: 'search', points: 150, seconds: 60 };
/** Asked for as somebody writes. */
const SUGGESTIONS = { name: 'suggest', points: 300, seconds: 60 };

/** Videos that were found as statuses, in their order. */
export async function statusesOf(
  deps: HttpDeps,
  ids: readonly VideoId[],
  viewerId: AccountId | null,
): Promise<StatusEntity[]> {
  const [items, facts] = await Promise.all([
    deps.feed.inOrder(ids, viewerId),
    statusFactsOf(deps, ids, viewerId),
  ]);
  return statusEntitiesOf(deps, items, viewerId, facts);
}

const PLACE_BYTES = 25;
/** As one byte; a cursor that has none is of a time when PostgreSQL answered everything. */
const ANSWERED_BY = ['postgres', 'opensearch'] as const;

/** The moment of the first page, score and id of the last video, and which index answered. */
function encodePlace({ asOf, below, by }: SearchPlace): Buffer {
  const body = Buffer.alloc(PLACE_BYTES);
  body.writeDoubleBE(asOf, 0);
  body.writeDoubleBE(below?.score ?? Number.POSITIVE_INFINITY, 8);
  body.writeBigUInt64BE(BigInt(below?.id ?? 0), 16);
  body.writeUInt8(ANSWERED_BY.indexOf(by), 24);
  return body;
}

/** Cursors are sealed by this server: what is in one was put there by `encodePlace`. */
function decodePlace(body: Buffer): SearchPlace {
  const id = body.readBigUInt64BE(16).toString() as VideoId;
  const by = ANSWERED_BY[body.length < PLACE_BYTES ? 0 : body.readUInt8(24)] ?? 'postgres';
  return { asOf: body.readDoubleBE(0), below: { score: body.readDoubleBE(8), id }, by };
}

export const searchVideos = route({
  method: 'get',
  path: '/api/v1/search/videos',
  summary:
    'Videos by words of their caption, description and subtitles, the best first. In `q`: words, "a phrase", #tag, from:@name, language:de, is:local, is:remote, has:captions, has:alt, after:2026-01-31, before:2026-02 (or since: and until:, also with a moment as 2026-01-31T18:00Z), longer:30, shorter:2m, begin*, and - before what is not wanted. Found are public videos of authors who let their posts be found.',
  audience: 'anyone',
  scope: 'read:search',
  limit: SEARCHES,
  query: cursorQuery.extend({
    q: z.string().trim().min(1).max(searchLimits.maxCharacters),
    unfinished: flagSchema
      .optional()
      .describe('The last word is still being written: what begins so is found, too'),
    time_zone: timeZoneQuery,
  }),
  output: z
    .object({
      statuses: z.array(statusEntity),
      corrected: z
        .string()
        .nullable()
        .describe('What was searched for in place of words that no video has; null: what was asked for'),
      next_cursor: z.string().nullable().describe('Null: that was all'),
    })
    .meta({ id: 'VideoSearch' }),
  handler: async ({ deps, query, viewer, req }) => {
    const viewerId = viewer?.account.id ?? null;
    const { q, limit, cursor, unfinished = false, time_zone: timeZone } = query;
    const list = { list: `search ${unfinished} ${timeZone} ${q}`, viewerId };
    const place = cursor === undefined ? null : decodePlace(openCursor(deps, list, cursor));
    const searcher = { id: viewerId, languages: languagesOf(req), timeZone };
    const found = await deps.search.videos(searcher, { q, limit, place, isUnfinished: unfinished });
    if (!found.ok) throw refused(found);
    return {
      statuses: await statusesOf(deps, found.ids, viewerId),
      corrected: found.corrected,
      next_cursor: found.next && deps.cursors.seal(list, encodePlace(found.next)),
    };
  },
});

export const suggest = route({
  method: 'get',
  path: '/api/v1/search/suggestions',
  summary:
    'People, hashtags and sounds that somebody may mean who has begun to write, or has written a name not quite right.',
  audience: 'anyone',
  scope: 'read:search',
  limit: SUGGESTIONS,
  query: z.object({
    q: z.string().trim().min(1).max(searchLimits.maxWord),
    limit: whole(1, searchLimits.maxSuggested).default(searchLimits.suggested).describe('Of each kind'),
  }),
  output: z
    .object({
      accounts: z.array(accountEntity),
      hashtags: z.array(z.string()),
      sounds: z.array(soundEntity),
    })
    .meta({ id: 'SearchSuggestions' }),
  handler: async ({ deps, query, viewer }) => {
    const viewerId = viewer?.account.id ?? null;
    const found = await deps.search.suggest(viewerId, query.q, query.limit);
    return {
      accounts: await accountEntitiesOf(deps, await accountsInOrder(deps, found.people)),
      hashtags: found.tags,
      sounds: await soundEntitiesOf(deps, found.sounds, viewerId),
    };
  },
});

export const searchSounds = route({
  method: 'get',
  path: '/api/v1/search/sounds',
  summary: 'Sounds by their name, or by one that is written nearly so.',
  audience: 'anyone',
  scope: 'read:search',
  limit: SEARCHES,
  query: z.object({
    q: z.string().trim().min(1).max(searchLimits.maxWord),
    limit: whole(1, 40).default(20),
    offset: whole(0, searchLimits.alikeSounds).default(0),
  }),
  output: z.array(soundEntity),
  handler: async ({ deps, query, viewer }) => {
    const viewerId = viewer?.account.id ?? null;
    return soundEntitiesOf(deps, await deps.search.sounds(viewerId, query), viewerId);
  },
});
