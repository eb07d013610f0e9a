/** Music that a program makes: the same for the same seed, and none like another. */

/** Samples a second. */
export const SONG_RATE = 22_050;

/** Numbers from 0 to 1 that look like chance (mulberry32). */
export function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const MAJOR = [0, 2, 4, 5, 7, 9, 11];
const MINOR = [0, 2, 3, 5, 7, 8, 10];
const pitch = (note: number): number => 440 * 2 ** ((note - 69) / 12);

interface Voice {
  /** How loud each multiple of the base frequency is. */
  readonly partials: readonly number[];
  /** Seconds until a note has faded by a factor e. */
  readonly decay: number;
}

/** One song in 16 bits, mono: chords, bass, a melody and drums over a scale, in a tempo and with instruments of its own. */
export function song(seed: number, seconds: number): Int16Array {
  const next = chance(seed * 7_919 + 17);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)] as T;
  const sum = new Float32Array(seconds * SONG_RATE);
  const scale = pick([MAJOR, MINOR]);
  const root = 45 + Math.floor(next() * 12);
  const beat = 60 / (76 + next() * 84);
  const degree = (step: number): number =>
    root + 12 * Math.floor(step / 7) + (scale[((step % 7) + 7) % 7] ?? 0);
  const voice = (): Voice => ({
    partials: Array.from({ length: 6 }, (_, n) => next() / (n + 1)),
    decay: 0.15 + next() * 0.9,
  });
  const chords = Array.from({ length: 4 + Math.floor(next() * 5) }, () => Math.floor(next() * 7));
  const [pad, lead, bass] = [voice(), voice(), voice()];
  let step = 7 + Math.floor(next() * 7);
  for (let at = 0, count = 0; at < seconds; at += beat, count += 1) {
    const chord = chords[Math.floor(count / 4) % chords.length] ?? 0;
    if (count % 2 === 0)
      for (const third of [0, 2, 4]) note(sum, pad, at, beat * 2, degree(7 + chord + third), 0.18);
    note(sum, bass, at, beat, degree(chord - 7), 0.4);
    for (let part = 0; part < 2; part += 1) {
      if (next() < 0.25) continue;
      step = Math.min(20, Math.max(5, step + Math.floor(next() * 5) - 2));
      note(sum, lead, at + (part * beat) / 2, beat, degree(step), 0.3);
    }
    if (count % 4 === 0) drum(sum, at, 0.12, next, 0.5);
    if (count % 4 === 2) drum(sum, at, 0.06, next, 0.35);
    drum(sum, at + beat / 2, 0.02, next, 0.12);
  }
  return inSixteenBits(sum);
}

/** Adds a note that begins at `at` seconds. */
function note(
  sum: Float32Array,
  { partials, decay }: Voice,
  at: number,
  length: number,
  key: number,
  loudness: number,
): void {
  const from = Math.floor(at * SONG_RATE);
  const to = Math.min(sum.length, from + Math.floor(length * 1.5 * SONG_RATE));
  const base = pitch(key);
  for (const [n, share] of partials.entries()) {
    const turn = (2 * Math.PI * base * (n + 1)) / SONG_RATE;
    if (turn > Math.PI) break;
    const fade = Math.exp(-1 / (decay * SONG_RATE));
    let level = loudness * share;
    for (let sample = from; sample < to; sample += 1) {
      const rise = Math.min(1, (sample - from) / 200);
      sum[sample] = (sum[sample] ?? 0) + Math.sin((sample - from) * turn) * level * rise;
      level *= fade;
    }
  }
}

/** Adds a beat of noise that fades within `decay` seconds. */
function drum(sum: Float32Array, at: number, decay: number, next: () => number, loudness: number): void {
  const from = Math.floor(at * SONG_RATE);
  const to = Math.min(sum.length, from + Math.floor(decay * 5 * SONG_RATE));
  for (let sample = from; sample < to; sample += 1) {
    const level = loudness * Math.exp(-(sample - from) / (decay * SONG_RATE));
    sum[sample] = (sum[sample] ?? 0) + (next() * 2 - 1) * level;
  }
}

/** Somebody who talks, as far as a fingerprint hears it: a voice with two formants that move, and pauses. */
export function speech(seed: number, seconds: number): Int16Array {
  const next = chance(seed * 104_729 + 3);
  const sum = new Float32Array(seconds * SONG_RATE);
  let at = 0;
  while (at < seconds) {
    const length = 0.08 + next() * 0.22;
    const [low, high] = [300 + next() * 600, 900 + next() * 1_600];
    const base = 95 + next() * 60;
    const from = Math.floor(at * SONG_RATE);
    const to = Math.min(sum.length, from + Math.floor(length * SONG_RATE));
    for (let n = 1; n * base < 4_000; n += 1) {
      const tone = n * base;
      const level =
        Math.exp(-(((tone - low) / 160) ** 2)) + 0.7 * Math.exp(-(((tone - high) / 220) ** 2)) + 0.02;
      const turn = (2 * Math.PI * tone) / SONG_RATE;
      for (let sample = from; sample < to; sample += 1) {
        const shape = Math.sin((Math.PI * (sample - from)) / (to - from));
        sum[sample] = (sum[sample] ?? 0) + Math.sin((sample - from) * turn) * level * shape * 0.3;
      }
    }
    at += length + (next() < 0.2 ? 0.1 + next() * 0.3 : 0.01);
  }
  return inSixteenBits(sum);
}

/** As loud as fits. */
function inSixteenBits(sum: Float32Array): Int16Array {
  let peak = 1e-9;
  for (const value of sum) peak = Math.max(peak, Math.abs(value));
  return Int16Array.from(sum, (value) => Math.round((value / peak) * 30_000));
}
