/** The sound of another clip that somebody's next one is made with, as the server is told. */
export interface SoundUse {
  /** Of the sound. */
  readonly id: string;
  /** Where in the sound the clip begins, in seconds. */
  readonly start: number;
  /** How loud the sound and what was recorded are, from 0 to 1. */
  readonly volumes: { readonly sound: number; readonly own: number };
}

/** The least that is left of a sound; the server takes no less. */
export const LEAST_LEFT_S = 1;
/** Quieter it would not be heard, and the server takes none that is not. */
export const QUIETEST = 0.05;

export const newUse = (id: string): SoundUse => ({ id, start: 0, volumes: { sound: 1, own: 0.5 } });

/** How long a recording to a sound may be, in seconds: it ends with the sound. */
export const secondsTo = ({ start }: Pick<SoundUse, 'start'>, duration: number, limit: number): number =>
  Math.max(0, Math.min(limit, duration - start));

/** Reads a use that was kept on an earlier visit; null for anything else. */
export function soundUseFrom(value: unknown): SoundUse | null {
  const [id, start, volumes] = ['id', 'start', 'volumes'].map((name) => partOf(value, name));
  const [sound, own] = [partOf(volumes, 'sound'), partOf(volumes, 'own')];
  if (typeof id !== 'string' || !/^\d+$/.test(id)) return null;
  if (!isWithin(start, 0, Number.MAX_SAFE_INTEGER)) return null;
  if (!isWithin(sound, QUIETEST, 1) || !isWithin(own, 0, 1)) return null;
  return { id, start, volumes: { sound, own } };
}

function partOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

const isWithin = (value: unknown, least: number, most: number): value is number =>
  typeof value === 'number' && value >= least && value <= most;
