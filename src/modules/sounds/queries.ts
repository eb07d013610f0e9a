import type { Knex } from 'knex';
import { soundLimits } from '../../../config/sound-limits.ts';
import type { Db } from '../../db/database.ts';
import { within } from '../../db/paging.ts';
import { accountVisibleTo, type UnlistedDomains, visibleTo } from '../../db/visibility.ts';
import { type AccountId, lowestIdAt, type SoundId } from '../../lib/ids.ts';
import type { Page } from '../../lib/paging.ts';
import { fail } from '../../lib/result.ts';
import type { Sound, SoundDay, SoundRow } from './model.ts';
import { SOURCE_COLUMNS, type SourceRow, usable } from './policy.ts';
import { factsOfRegion, isWithin, type Place, regionsAmong } from './regions.ts';
import { rightsAmong } from './rights.ts';
import { barredAmong } from './rules.ts';

const DAY_MS = 86_400_000;
const COLUMNS = ['id', 'title', 'author_id', 'original_id', 'is_open', 'uses', 'created_at'].map(
  (name) => `sounds.${name}`,
);

/** A sound that somebody keeps: the id of that, by which the list is paged, and the sound. */
export interface SavedSound {
  readonly id: string;
  readonly soundId: SoundId;
}

/**
 * Reads of sounds. There is one for whoever may see a video with it, and for its author. What it is called and by whom stays unsaid
 * until a video that says so is for everybody.
 */
export function soundQueries(deps: {
  readonly db: Db;
  readonly unlistedDomains: UnlistedDomains;
  readonly now: () => number;
}) {
  const { db, unlistedDomains, now } = deps;

  /** Narrows a query over `sounds` to those that there are for the viewer. */
  const knownTo = (viewerId: AccountId | null) => (query: Knex.QueryBuilder) => {
    query.where((known) => {
      known.whereExists((used) =>
        used
          .select('videos.id')
          .from('videos')
          .whereRaw('videos.sound_id = sounds.id')
          .modify(visibleTo(viewerId, unlistedDomains)),
      );
      if (viewerId !== null) known.orWhere('sounds.author_id', viewerId);
    });
  };

  async function historyOf(ids: readonly SoundId[]): Promise<Map<SoundId, SoundDay[]>> {
    const today = Math.floor(now() / DAY_MS) * DAY_MS;
    const days = Array.from({ length: soundLimits.historyDays }, (_, n) => today - n * DAY_MS);
    const since = days.at(-1) ?? today;
    const { rows } = await db.raw<{ rows: { sound_id: SoundId; day: string; uses: number }[] }>(
      `select sound_id, to_char(published_at at time zone 'UTC', 'YYYY-MM-DD') as day, count(*)::int as uses
         from videos
        where sound_id = any(?::bigint[]) and id >= ?::bigint and published_at >= ?
          and state = 'published' and visibility in ('public', 'unlisted')
        group by 1, 2`,
      [[...ids], lowestIdAt(since), new Date(since)],
    );
    const counted = new Map(rows.map(({ sound_id, day, uses }) => [`${sound_id} ${day}`, uses]));
    const usesOn = (id: SoundId, day: number) =>
      counted.get(`${id} ${new Date(day).toISOString().slice(0, 10)}`) ?? 0;
    return new Map(ids.map((id) => [id, days.map((day) => ({ day: new Date(day), uses: usesOn(id, day) }))]));
  }

  /**
   * Those of these sounds that there are for the viewer: the same number of queries whatever their number. Where it is said from where they
   * ask, it counts for whether they may use one.
   */
  async function among(
    ids: readonly SoundId[],
    viewerId: AccountId | null,
    place?: Place,
  ): Promise<Map<SoundId, Sound>> {
    if (ids.length === 0) return new Map();
    const rows: SoundRow[] = await db('sounds')
      .whereRaw('sounds.id = any(?::bigint[])', [[...ids]])
      .modify(knownTo(viewerId))
      .select(COLUMNS);
    const told = rows.filter(
      ({ is_open, author_id }) => is_open || (author_id !== null && author_id === viewerId),
    );
    const named = <T>(values: readonly (T | null)[]): T[] => values.filter((value) => value !== null);
    const [authors, originals, saved, history, barred, regions, rights] = await Promise.all([
      db('accounts')
        .whereRaw('accounts.id = any(?::bigint[])', [named(told.map(({ author_id }) => author_id))])
        .modify(accountVisibleTo(viewerId, unlistedDomains))
        .pluck<AccountId[]>('accounts.id'),
      db('videos')
        .whereRaw('videos.id = any(?::bigint[])', [named(rows.map(({ original_id }) => original_id))])
        .modify(visibleTo(viewerId, unlistedDomains))
        .select<SourceRow[]>(SOURCE_COLUMNS),
      viewerId === null
        ? []
        : db('saved_sounds')
            .where({ account_id: viewerId })
            .whereRaw('sound_id = any(?::bigint[])', [[...ids]])
            .pluck<SoundId[]>('sound_id'),
      historyOf(rows.map(({ id }) => id)),
      barredAmong(db, ids),
      regionsAmong(db, ids),
      rightsAmong(
        db,
        told.map(({ id }) => id),
      ),
    ]);
    const [shownAuthors, shownOriginals, isSaved, isTold] = [
      new Set(authors),
      new Map(originals.map((row) => [row.id, row])),
      new Set(saved),
      new Set(told),
    ];
    const useOf = ({ id, original_id: original }: SoundRow, viewer: AccountId) => {
      const allowed = usable((original && shownOriginals.get(original)) || null, viewer, barred.has(id));
      const region = place && regions.get(id);
      if (!allowed.ok || !region || !isWithin(region, place)) return allowed;
      return fail('sound-region' as const, factsOfRegion(region, place));
    };
    const hereOf = (id: SoundId) => {
      const region = regions.get(id);
      if (!place) return null;
      if (!region || !isWithin(region, place)) return 'given';
      return region.action === 'mute' ? 'muted' : 'withheld';
    };
    return new Map(
      rows.map((row) => [
        row.id,
        {
          id: row.id,
          title: isTold.has(row) ? row.title : '',
          authorId:
            isTold.has(row) && row.author_id && shownAuthors.has(row.author_id) ? row.author_id : null,
          originalId: row.original_id && shownOriginals.has(row.original_id) ? row.original_id : null,
          ...{ uses: row.uses, isSaved: isSaved.has(row.id) },
          use: viewerId && useOf(row, viewerId),
          ...{
            rights: rights.get(row.id) ?? null,
            region: regions.get(row.id) ?? null,
            here: hereOf(row.id),
          },
          ...{ history: history.get(row.id) ?? [], createdAt: row.created_at },
        },
      ]),
    );
  }

  return {
    among,

    /** Those of these sounds, in their order, that there are for the viewer and that the staff lets be heard. */
    async offered(ids: readonly SoundId[], viewerId: AccountId | null): Promise<SoundId[]> {
      if (ids.length === 0) return [];
      const [known, barred] = await Promise.all([
        db('sounds')
          .whereRaw('sounds.id = any(?::bigint[])', [[...ids]])
          .modify(knownTo(viewerId))
          .pluck<SoundId[]>('sounds.id'),
        barredAmong(db, ids),
      ]);
      const there = new Set(known);
      return ids.filter((id) => there.has(id) && !barred.has(id));
    },

    /** What the viewer keeps, last kept first. */
    async savedBy(accountId: AccountId, page: Page): Promise<SavedSound[]> {
      const rows: { id: string; sound_id: SoundId }[] = await db('saved_sounds')
        .join('sounds', 'sounds.id', 'saved_sounds.sound_id')
        .where({ 'saved_sounds.account_id': accountId })
        .modify(knownTo(accountId))
        .modify(within(page, 'saved_sounds.id'))
        .select('saved_sounds.id', 'saved_sounds.sound_id');
      const found = rows.map(({ id, sound_id: soundId }) => ({ id, soundId }));
      return page.minId === null ? found : found.reverse();
    },

    /** Sounds that have this in their name, most used first. */
    async named(
      text: string,
      viewerId: AccountId | null,
      page: { offset: number; limit: number },
    ): Promise<SoundId[]> {
      return db('sounds')
        .whereILike('sounds.title', `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`)
        .where({ 'sounds.is_open': true })
        .modify(knownTo(viewerId))
        .orderBy([
          { column: 'sounds.uses', order: 'desc' },
          { column: 'sounds.id', order: 'desc' },
        ])
        .offset(page.offset)
        .limit(page.limit)
        .pluck('sounds.id');
    },
  };
}
