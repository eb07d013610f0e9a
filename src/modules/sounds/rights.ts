import { z } from 'zod';
import { soundLimits } from '../../../config/sound-limits.ts';
import type { Db, Tx } from '../../db/database.ts';
import type { AccountId, SoundId, VideoId } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import { type Actor, type Audit, permitted, type Watch } from '../staff/index.ts';
import { type TellDeps, tellSoon } from './telling.ts';

const CC = 'https://creativecommons.org';
/** Licences that are known by their id, as SPDX writes it, each with the page that says what it allows. */
const licences = {
  'CC0-1.0': `${CC}/publicdomain/zero/1.0/`,
  'CC-PDM-1.0': `${CC}/publicdomain/mark/1.0/`,
  'CC-BY-4.0': `${CC}/licenses/by/4.0/`,
  'CC-BY-SA-4.0': `${CC}/licenses/by-sa/4.0/`,
  'CC-BY-NC-4.0': `${CC}/licenses/by-nc/4.0/`,
  'CC-BY-NC-SA-4.0': `${CC}/licenses/by-nc-sa/4.0/`,
  'CC-BY-ND-4.0': `${CC}/licenses/by-nd/4.0/`,
  'CC-BY-NC-ND-4.0': `${CC}/licenses/by-nc-nd/4.0/`,
  'all-rights-reserved': null,
} as const;
export type LicenceId = keyof typeof licences;
export const licenceIds = Object.keys(licences) as readonly LicenceId[];

/** What is said of the rights to a sound; an empty field says nothing. */
export interface SoundRights {
  /** An id of `licenceIds`, or words of their own. */
  readonly licence: string;
  /** Whose they are. */
  readonly holder: string;
  /** Of the recording, without hyphens. */
  readonly isrc: string;
  readonly sourceUrl: string;
}

/** The same with who says it: what the staff says, the author does not change. */
export interface SaidRights extends SoundRights {
  readonly byStaff: boolean;
}

const NOTHING: SaidRights = { licence: '', holder: '', isrc: '', sourceUrl: '', byStaff: false };
const saysNothing = ({ licence, holder, isrc, sourceUrl }: SoundRights): boolean =>
  licence + holder + isrc + sourceUrl === '';

/** As they come in; an empty text takes back what was said. */
export const rightsFields = {
  licence: z.string().trim().max(soundLimits.maxLicenceCharacters),
  holder: z.string().trim().max(soundLimits.maxHolderCharacters),
  isrc: z
    .string()
    .trim()
    .regex(/^$|^[a-z]{2}-?[a-z\d]{3}-?\d{2}-?\d{5}$/i, 'Write an ISRC as DE-A12-26-00001.'),
  sourceUrl: z.union(
    [z.literal(''), z.url({ protocol: /^https?$/ }).max(soundLimits.maxSourceCharacters)],
    'Write a web address that begins with https://.',
  ),
};

/** What another server says of them: what is no such thing says nothing. Null where nothing is left. */
export function readRights(told: Readonly<Record<keyof SoundRights, unknown>>): SoundRights | null {
  const read = (field: keyof SoundRights): string => {
    const parsed = rightsFields[field].safeParse(told[field]);
    return parsed.success ? parsed.data : '';
  };
  const said = { licence: read('licence'), holder: read('holder'), isrc: read('isrc') };
  const rights = changed(NOTHING, { ...said, sourceUrl: read('sourceUrl') });
  return saysNothing(rights) ? null : rights;
}

/** What is said of a licence that is known. */
export function licenceOf(licence: string): { readonly id: LicenceId; readonly url: string | null } | null {
  const id = licenceIds.find((known) => known.toLowerCase() === licence.toLowerCase());
  return id === undefined ? null : { id, url: licences[id] };
}

interface RightsRow {
  readonly sound_id: SoundId;
  readonly licence: string;
  readonly holder: string;
  readonly isrc: string;
  readonly source_url: string;
  readonly by_staff: boolean;
}

/** What is said of these sounds, where something is. */
export async function rightsAmong(
  conn: Db | Tx,
  ids: readonly SoundId[],
): Promise<ReadonlyMap<SoundId, SaidRights>> {
  const rows: RightsRow[] = await conn('sound_rights').whereRaw('sound_id = any(?::bigint[])', [[...ids]]);
  const said = rows.map(({ sound_id, licence, holder, isrc, source_url, by_staff }) => {
    const rights = { licence, holder, isrc, sourceUrl: source_url, byStaff: by_staff };
    return [sound_id, rights] as const;
  });
  return new Map(said.filter(([, rights]) => !saysNothing(rights)));
}

/** What is said of the sounds that were heard first in these videos, by the video. */
export async function rightsOfOriginals(
  conn: Db | Tx,
  videoIds: readonly VideoId[],
): Promise<ReadonlyMap<VideoId, SoundRights>> {
  const rows: { id: SoundId; original_id: VideoId }[] = await conn('sounds')
    .whereRaw('original_id = any(?::bigint[])', [[...videoIds]])
    .select('id', 'original_id');
  const said = await rightsAmong(
    conn,
    rows.map(({ id }) => id),
  );
  const told = rows.flatMap(({ id, original_id: videoId }) => {
    const rights = said.get(id);
    return rights ? [[videoId, rights] as const] : [];
  });
  return new Map(told);
}

/**
 * Has what the server of a video says of the rights to its sound be what is said here, unless the staff of this one has said something: once the sound
 * is known to be heard in it first, and whenever that server says it anew.
 */
export async function takeToldRights(tx: Tx, videoId: VideoId): Promise<void> {
  const row: { id: SoundId; told: SoundRights | null } | undefined = await tx('videos')
    .join('sounds', 'sounds.original_id', 'videos.id')
    .where({ 'videos.id': videoId, 'videos.local': false })
    // The staff may be saying something of it just now: that is waited for, and then counts.
    .forNoKeyUpdate('sounds')
    .first('sounds.id', 'videos.sound_rights as told');
  if (!row) return;
  const now = await rightsOf(tx, row.id);
  const told = row.told ?? NOTHING;
  if (now.byStaff || (saysNothing(now) && saysNothing(told))) return;
  await write(tx, row.id, { ...told, byStaff: false });
}

interface Change {
  readonly soundId: SoundId;
  /** What is left out stays as it is. */
  readonly rights: Partial<{ readonly [Field in keyof SoundRights]: SoundRights[Field] | undefined }>;
}

/** Its author says whose a sound is, and what may be done with it. */
export async function sayRights(
  deps: Pick<TellDeps, 'enqueue' | 'clock'>,
  tx: Tx,
  { accountId, soundId, rights }: Change & { readonly accountId: AccountId },
): Promise<Result<object, 'not-found' | 'sound-rights-settled'>> {
  if (!(await tx('sounds').where({ id: soundId, author_id: accountId }).forUpdate().first('id')))
    return fail('not-found', 'There is no such sound of yours.');
  const now = await rightsOf(tx, soundId);
  if (now.byStaff) {
    return fail('sound-rights-settled', 'Those who run this server have said whose this sound is. Ask them.');
  }
  await write(tx, soundId, { ...changed(now, rights), byStaff: false });
  await tellSoon(deps, tx, soundId);
  return ok();
}

/** What the staff says of the rights to sounds. */
export function rightsCommands(deps: TellDeps & { readonly audit: Audit }) {
  const { audit } = deps;
  return {
    async setRights(
      tx: Tx,
      by: Actor,
      { soundId, rights, reason }: Change & { readonly reason: string },
    ): Promise<Result<object, 'permission-missing' | 'not-found'>> {
      const allowed = permitted(by, 'rules');
      if (!allowed.ok) return allowed;
      if (!(await tx('sounds').where({ id: soundId }).forUpdate().first('id')))
        return fail('not-found', 'There is no such sound here.');
      const now = await rightsOf(tx, soundId);
      const said = changed(now, rights);
      if (saysNothing(now) && saysNothing(said)) return ok();
      await audit.recordRows(
        ...([tx, by] as const),
        { action: 'sound.rights', target: { kind: 'sound', id: soundId }, reason, detail: { ...said } },
        {
          watch: ofSound(soundId),
          // Where nothing is said any more, its author may say it again.
          write: () => write(tx, soundId, { ...said, byStaff: !saysNothing(said) }),
        },
      );
      await tellSoon(deps, tx, soundId);
      return ok();
    },

    /** What the staff said was put back as it was. */
    rightsRestored: (tx: Tx, soundId: SoundId) => tellSoon(deps, tx, soundId),
  };
}

async function rightsOf(tx: Tx, soundId: SoundId): Promise<SaidRights> {
  return (await rightsAmong(tx, [soundId])).get(soundId) ?? NOTHING;
}

/** With what was changed, as it is stored. */
function changed(now: SoundRights, { licence, holder, isrc, sourceUrl }: Change['rights']): SoundRights {
  return {
    licence: licence === undefined ? now.licence : (licenceOf(licence)?.id ?? licence),
    holder: holder ?? now.holder,
    isrc: isrc === undefined ? now.isrc : isrc.replaceAll('-', '').toUpperCase(),
    sourceUrl: sourceUrl ?? now.sourceUrl,
  };
}

async function write(tx: Tx, soundId: SoundId, { sourceUrl, byStaff, ...same }: SaidRights): Promise<void> {
  const said = { ...same, source_url: sourceUrl, by_staff: byStaff };
  await tx('sound_rights')
    .insert({ sound_id: soundId, ...said })
    .onConflict('sound_id')
    .merge(said);
}

const ofSound = (soundId: SoundId): Watch => ({
  table: 'sound_rights',
  where: (query) => query.where({ sound_id: soundId }),
});
