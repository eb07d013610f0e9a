import type { Knex } from 'knex';
import type { Db } from '../../db/database.ts';
import { within } from '../../db/paging.ts';
import type { AccountId, SoundId, VideoId } from '../../lib/ids.ts';
import type { Page } from '../../lib/paging.ts';
import type { ListedSoundId } from './matching.ts';
import { rightsAmong, type SaidRights } from './rights.ts';
import type { Ruling, SoundAction, SoundRule } from './rules.ts';

export const soundStandings = ['mute', 'refuse', 'allow', 'listed'] as const;
export type SoundStanding = (typeof soundStandings)[number];

/** Which sounds the staff asks for; what is left out does not narrow. */
export interface SoundSearch {
  /** A part of the name, or the id. */
  readonly q?: string | undefined;
  readonly standing?: SoundStanding | undefined;
}

/** A sound as the staff sees it. */
export interface StaffSound {
  readonly id: SoundId;
  readonly title: string;
  readonly authorId: AccountId | null;
  readonly originalId: VideoId | null;
  /** Videos with it that are public or unlisted, and those of them that the staff has muted. */
  readonly uses: number;
  readonly muted: number;
  /** Whether it can be told from others, and so be listed. */
  readonly isTellable: boolean;
  readonly rights: SaidRights | null;
  readonly rule: Omit<SoundRule, 'soundId'> | null;
  readonly listed: {
    readonly id: ListedSoundId;
    readonly action: Ruling['action'];
    readonly label: string;
  } | null;
  readonly createdAt: Date;
}

interface StaffSoundRow {
  readonly id: SoundId;
  readonly title: string;
  readonly author_id: AccountId | null;
  readonly original_id: VideoId | null;
  readonly uses: number;
  readonly muted: number;
  readonly tellable: boolean;
  readonly action: SoundAction | null;
  readonly reason: string | null;
  readonly ruled_at: Date | null;
  readonly countries: string[] | null;
  readonly countries_except: boolean | null;
  readonly listed_id: ListedSoundId | null;
  readonly sound_action: Ruling['action'] | null;
  readonly label: string | null;
  readonly created_at: Date;
}

const STANDINGS: Readonly<Record<SoundStanding, (query: Knex.QueryBuilder) => void>> = {
  mute: (query) => query.where('sound_rules.action', 'mute'),
  refuse: (query) => query.where('sound_rules.action', 'refuse'),
  allow: (query) => query.where('sound_rules.action', 'allow'),
  listed: (query) => query.whereNotNull('listed_media.id'),
};

function fromRow(row: StaffSoundRow, rights: SaidRights | null): StaffSound {
  const { action, listed_id: listedId, sound_action: listedAction } = row;
  return {
    ...{ id: row.id, title: row.title, authorId: row.author_id, originalId: row.original_id },
    ...{ uses: row.uses, muted: row.muted, isTellable: row.tellable, createdAt: row.created_at, rights },
    rule: action && {
      ...{ action, reason: row.reason ?? '', createdAt: row.ruled_at ?? row.created_at },
      region: row.countries && { countries: row.countries, except: row.countries_except ?? false },
    },
    listed: listedId && listedAction ? { id: listedId, action: listedAction, label: row.label ?? '' } : null,
  };
}

/**
 * Sounds for the staff, newest first: those of videos that were for everybody, and those that something was decided about. What is
 * heard for few, the staff sees where somebody reports it.
 */
export function staffSounds(db: Db) {
  const all = () =>
    db('sounds')
      .leftJoin('sound_rules', 'sound_rules.sound_id', 'sounds.id')
      .leftJoin('listed_media', (join) =>
        join.on('listed_media.id', 'sounds.listed_id').andOnNotNull('listed_media.sound_print'),
      )
      .where((known) =>
        known
          .where('sounds.is_open', true)
          .orWhere('sounds.uses', '>', 0)
          .orWhereNotNull('sound_rules.action')
          .orWhereNotNull('listed_media.id'),
      )
      .select('sounds.id', 'sounds.author_id', 'sounds.original_id', 'sounds.uses', 'sounds.created_at')
      .select('sound_rules.action', 'sound_rules.reason', 'sound_rules.created_at as ruled_at')
      .select('sound_rules.countries', 'sound_rules.countries_except')
      .select('listed_media.id as listed_id', 'listed_media.sound_action', 'listed_media.label')
      .select(
        db.raw(`case when sounds.is_open then sounds.title else '' end as title`),
        db.raw('sounds.print is not null as tellable'),
        db.raw(`(select count(*)::int from videos where videos.sound_id = sounds.id and videos.staff_muted
                    and videos.visibility in ('public', 'unlisted')) as muted`),
      );

  async function written(rows: readonly StaffSoundRow[]): Promise<StaffSound[]> {
    const rights = await rightsAmong(
      db,
      rows.map(({ id }) => id),
    );
    return rows.map((row) => fromRow(row, rights.get(row.id) ?? null));
  }

  return {
    async forStaff({ q, standing }: SoundSearch, page: Page): Promise<StaffSound[]> {
      const query = all().modify(within(page, 'sounds.id'));
      if (standing !== undefined) query.modify(STANDINGS[standing]);
      if (q !== undefined && /^\d{1,18}$/.test(q)) query.where('sounds.id', q);
      else if (q !== undefined && q !== '') {
        const pattern = `%${q.replaceAll(/[\\%_]/g, '\\$&')}%`;
        query.where('sounds.is_open', true).whereILike('sounds.title', pattern);
      }
      const rows: StaffSoundRow[] = await query;
      return written(page.minId === null ? rows : rows.reverse());
    },

    async forStaffById(id: SoundId): Promise<StaffSound | null> {
      const [sound] = await written(await all().where('sounds.id', id));
      return sound ?? null;
    },
  };
}
