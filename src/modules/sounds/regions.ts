import type { Db, Tx } from '../../db/database.ts';
import type { SoundId } from '../../lib/ids.ts';

/** Countries in which something was decided about a sound: these, or all but these (`except`). */
export interface Region {
  /** Of ISO 3166-1, two letters, in order. */
  readonly countries: readonly string[];
  readonly except: boolean;
}

/** The same with what was decided, and why, as people read it. */
export interface SoundRegion extends Region {
  /** `mute`: its videos are given without their sound there. `refuse`: nothing is given in which it is heard. */
  readonly action: RegionalAction;
  readonly reason: string;
}

export type RegionalAction = 'mute' | 'refuse';

/** Where somebody asks from, as far as that is known (null), and what holds where it is not. */
export interface Place {
  readonly country: string | null;
  readonly unknown: 'given' | 'withheld';
}

/** Whether what was decided for a region counts for whoever asks from there. */
export function isWithin({ countries, except }: Region, { country, unknown }: Place): boolean {
  return country === null ? unknown === 'withheld' : countries.includes(country) !== except;
}

/** The regions from which these sounds are kept, of those for which there is such a rule. */
export async function regionsAmong(
  conn: Db | Tx,
  ids: readonly SoundId[],
): Promise<ReadonlyMap<SoundId, SoundRegion>> {
  const rows: RegionRow[] = await conn('sound_rules')
    .whereRaw('sound_id = any(?::bigint[])', [[...ids]])
    .whereNotNull('countries')
    .select('sound_id', 'action', 'countries', 'countries_except', 'reason');
  return new Map(
    rows.map(({ sound_id, countries, countries_except: except, action, reason }) => [
      sound_id,
      { action, countries, except, reason },
    ]),
  );
}

interface RegionRow {
  readonly sound_id: SoundId;
  readonly action: RegionalAction;
  readonly countries: string[];
  readonly countries_except: boolean;
  readonly reason: string;
}

/** What somebody is told who asks from where a sound is not given, or muted. */
export function factsOfRegion({ action, reason }: SoundRegion, { country }: Place): string {
  const [isMuted, isUnknown] = [action === 'mute', country === null];
  const here = isMuted
    ? 'The sound of this video is muted in the country that you are in.'
    : 'Because of its sound, this video is not given in the country that you are in.';
  const perhaps = isMuted
    ? 'The sound of this video is muted in some countries, and this server cannot tell where you are.'
    : 'The sound of this video is not given everywhere, and this server cannot tell where you are.';
  const what = isUnknown ? perhaps : here;
  return reason === '' ? what : `${what} ${reason}`;
}
