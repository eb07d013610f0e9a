import type { ModelSettings } from '../../../../config/model-limits.ts';

/**
 * What was learnt from what people did, in typed arrays alone: it can be handed from thread to thread (`transferablesOf`), and says
 * nothing about any person. People come in by folding their profile in (`createScorer`), so forgetting somebody needs no training,
 * and nobody is stored here.
 *
 * Videos are told by slot: the dense number that the catalogue of the engine gave them. Those with enough positive events are
 * *active* and have a row here; all others get a factor from their content (`contentMap`).
 */
export interface Model {
  /** Counts up with every training that began from another model. */
  readonly generation: number;
  readonly trainedAt: number;
  /** Slots below this were known when it was trained; newer ones have no row. */
  readonly itemCount: number;
  /** Slot -> row, -1 where it has none. */
  readonly rowOf: Int32Array;
  /** Row -> slot. */
  readonly slotOf: Int32Array;
  /** Positive events of each row; what says how far its neighbours have moved. */
  readonly counts: Float32Array;
  readonly dim: number;
  /** rows x dim: the factors of iALS. */
  readonly factors: Float32Array;
  /** dim x dim: alpha0 * YtY + lambda * I, what folding somebody in begins with. */
  readonly gram: Float32Array;
  /** dim x dim, row-major: factor = contentMap * content vector (64 numbers, `contentVector`). */
  readonly contentMap: Float32Array;
  /** Per row as the source: whom it speaks for, in the order of rows. `neighbourStart` has rows + 1 entries. */
  readonly neighbourStart: Int32Array;
  readonly neighbourRow: Int32Array;
  readonly neighbourWeight: Float32Array;
  /** What it was trained with; scorers need parts of it. */
  readonly settings: ModelSettings;
}

/** What the training reads: one entry for each person and video (several are summed), in any order. */
export interface TrainInput {
  readonly at: number;
  readonly userCount: number;
  readonly itemCount: number;
  readonly users: Int32Array;
  readonly items: Int32Array;
  /** By `signalValue`; those not above 0 are left out. */
  readonly values: Float32Array;
  /** Milliseconds since 1970. */
  readonly times: Float64Array;
  /** itemCount x 64: `contentVector` of each slot as int8 (`quantise`), zeros where nothing is known. */
  readonly content: Int8Array;
  /** 1 where the video may be shown at all; the others are not learnt about. */
  readonly isLive: Uint8Array;
  /** To begin from: quicker. After somebody was forgotten it must be null, or a trace of them would stay. */
  readonly previous: Model | null;
}

/** What somebody liked, as the scorer takes it: parallel, newest last, each video once, values above 0. */
export interface Profile {
  readonly items: ArrayLike<number>;
  readonly values: ArrayLike<number>;
  readonly times: ArrayLike<number>;
}

/** How much one video of the profile adds to a score. */
export interface Because {
  readonly item: number;
  readonly value: number;
}

/** What somebody's profile says of rows by their neighbours; 0 of those left out. Good until the scorer is asked for others. */
export interface NeighbourScores {
  /** Rows that something is said of, in no order. */
  readonly rows: Int32Array;
  /** By row. */
  readonly of: (row: number) => number;
  /** Root mean square over all active videos; 1 where it is nothing. */
  readonly scale: number;
}

export interface Scorer {
  readonly model: Model;
  /** The factor of a person; zeros where nothing of the profile has a row. About 0.1 ms. */
  foldIn(profile: Profile, at: number): Float32Array;
  /** The factor of a slot: its own, or from its content (int8, 64 numbers). Writes into `out` and returns it. */
  factorOf(slot: number, content: Int8Array | null, out: Float32Array): Float32Array;
  /** Dot product of a person's factor with that of an active video; 0 for others. */
  affinity(person: Float32Array, slot: number): number;
  /** Root mean square of a person's affinities to all active videos, without looking at them; 1 where it is nothing. */
  affinityScale(person: Float32Array): number;
  /** Affinities to every active row at once, by row. */
  affinities(person: Float32Array, out: Float32Array): void;
  /** Neighbour scores of all rows that have one: costs what the profile has neighbours, however many videos there are. */
  neighbours(profile: Profile, at: number): NeighbourScores;
  /** Neighbour score of one slot. */
  neighbourScore(profile: Profile, at: number, slot: number): number;
  /** What makes up `neighbourScore`, the largest first; the values of all add up to it. */
  because(profile: Profile, at: number, slot: number): Because[];
}

export function transferablesOf(model: Model): ArrayBufferLike[] {
  return Object.values(model).flatMap((part) => (ArrayBuffer.isView(part) ? [part.buffer] : []));
}
