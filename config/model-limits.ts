/** What the models of the ranking are trained with (docs/ranking-engine.md). Times in ms, where not said otherwise. */

export interface ModelSettings {
  /** Numbers in a factor and in a content vector: the vector index is made for as many. */
  readonly dim: number;
  /** Videos with fewer positive events have no factor of their own. */
  readonly minPositives: number;
  /** iALS (Hu et al. 2008; Rendle et al. 2021): weight of what was not seen, regularisation, passes from nothing and from a model. */
  readonly alpha: number;
  readonly lambda: number;
  readonly passes: number;
  /** Steps of conjugate gradients for each factor and pass. */
  readonly steps: number;
  readonly warmPasses: number;
  /** Neighbour-ridge: candidates of each video, regularisation, neighbours that are kept. */
  readonly candidates: number;
  /** Candidates are those with the most people in common, divided by their own count to this power: 0 prefers what is popular, 1 what is rare. */
  readonly closeness: number;
  readonly ridge: number;
  readonly neighbours: number;
  /** Neighbours are solved again when the count of their video moved by more than this part. */
  readonly movedPart: number;
  /** Half-life of what somebody did, for neighbours and for folding in. */
  readonly profileHalfLifeMs: number;
  /** Regularisation of the map from content to factors. */
  readonly contentRidge: number;
  /** Events of one person that are learnt from, the newest. */
  readonly perPerson: number;
}

export const modelSettings: ModelSettings = {
  dim: 64,
  minPositives: 5,
  alpha: 0.04,
  lambda: 0.01,
  passes: 12,
  steps: 3,
  warmPasses: 3,
  candidates: 200,
  closeness: 0.5,
  ridge: 100,
  neighbours: 100,
  movedPart: 0.05,
  profileHalfLifeMs: 10 * 86_400_000,
  contentRidge: 10,
  perPerson: 500,
};

/** What an event says about a video (ranking.md 4). */
export const signalValues = {
  skip: -0.3,
  quarter: 0.2,
  half: 0.4,
  complete: 1,
  again: 1.3,
  /** Watched so long, however long it is: worth as much as a complete one. */
  longMs: 18_000,
  like: 2,
  comment: 2,
  share: 3,
  save: 2,
  follow: 4,
  notInterested: -4,
  report: -8,
} as const;
