import type { TrendSettings } from '../../../config/trend-limits.ts';
import type { Domains } from './domains.ts';
import { LOCAL } from './domains.ts';
import { timeConstant } from './log-decay.ts';
import type { Masses } from './masses.ts';

/** Half-lives of videos, in the order their sums are kept in. */
export const halves = ['hot', 'usual', 'tag', 'week'] as const;
export type Half = (typeof halves)[number];

/** Where mass of a video comes from: actions of a server, or views that it tells of. */
export const actionsOf = (domain: number): number => domain * 2;
export const viewsOf = (domain: number): number => domain * 2 + 1;

/** The mass that really counts of one that grows without bounds: its square root above the knee. */
export function concave(mass: number, knee: number): number {
  return mass <= knee ? mass : knee * Math.sqrt(mass / knee);
}

/** The same for watching from one network: its logarithm. */
export function logConcave(mass: number, knee: number): number {
  return mass <= knee ? mass : knee * (1 + Math.log(mass / knee));
}

export interface Scored {
  /** ln of the score with forward decay, for each half-life. */
  readonly logs: Float64Array;
  /** What counts of it, by where it comes from, without decay. */
  local: number;
  remote: number;
  remoteViews: number;
  /** Servers whose people did something. */
  servers: number;
  /** Of what counts of the last hour: all, that of strangers, that of other servers, and of the one that did most. */
  hour: number;
  strange: number;
  remoteHour: number;
  largestHour: number;
  largestDomain: number;
}

interface Weighed {
  group: number;
  source: number;
  factor: number;
}

/**
 * The score of a video (ranking.md 5): S = local + min(R, 3·local + 40·log2(1 + servers)) + views told by others (at most a fifth). R sums
 * the concave mass of each server, times its trust; servers count by their trust, so that many unproved ones are few. How much
 * of a group counts follows from plain sums, and is a factor of its sum with decay: so the order of scores does not change by itself.
 */
export function createScoring(deps: {
  readonly masses: Masses;
  readonly domains: Domains;
  readonly settings: TrendSettings;
}) {
  const { masses, domains } = deps;
  const { remote: limits } = deps.settings;
  const constants = halves.map((half) => timeConstant(deps.settings.halfLivesMs[half]));
  const scratch: Weighed[] = [];

  const trustOf = (source: number): number => domains.at(source >> 1)?.trust ?? 0;

  /** Fills the scratch with the groups of a video and the factor by which each counts; returns how many. */
  const weigh = (video: number, into: Scored): number => {
    let count = 0;
    let trusted = 0;
    for (let group = masses.first(video); group >= 0; group = masses.next(group)) {
      const raw = masses.raw(group);
      if (raw <= 1e-6) continue;
      const source = masses.source(group);
      const isView = (source & 1) === 1;
      const trust = trustOf(source) * (isView ? limits.view : 1);
      const counted = source === actionsOf(LOCAL) ? raw : concave(raw * trust, limits.knee);
      const weighed = scratch[count] ?? { group: 0, source: 0, factor: 0 };
      scratch[count] = weighed;
      weighed.group = group;
      weighed.source = source;
      weighed.factor = counted / raw;
      count += 1;
      if (source === actionsOf(LOCAL)) into.local += counted;
      else if (isView) into.remoteViews += counted;
      else {
        into.remote += counted;
        into.servers += 1;
        trusted += trust;
      }
    }
    const cap = limits.perLocal * into.local + limits.perDoubling * Math.log2(1 + trusted);
    const ofRemote = into.remote > cap ? cap / into.remote : 1;
    into.remote *= ofRemote;
    const viewCap = (limits.viewShare / (1 - limits.viewShare)) * (into.local + into.remote);
    const ofViews = into.remoteViews > viewCap ? viewCap / into.remoteViews : 1;
    into.remoteViews *= ofViews;
    for (let at = 0; at < count; at += 1) {
      const weighed = scratch[at];
      if (!weighed || weighed.source === actionsOf(LOCAL)) continue;
      weighed.factor *= (weighed.source & 1) === 1 ? ofViews : ofRemote;
    }
    return count;
  };

  /** ln Σ factor·e^L over the groups in the scratch. */
  const sum = (count: number, half: number, claim: number): number => {
    let top = claim;
    for (let at = 0; at < count; at += 1) {
      const weighed = scratch[at];
      if (weighed) top = Math.max(top, masses.log(weighed.group, half) + Math.log(weighed.factor));
    }
    if (top === Number.NEGATIVE_INFINITY) return top;
    let total = Math.exp(claim - top);
    for (let at = 0; at < count; at += 1) {
      const weighed = scratch[at];
      if (weighed) total += weighed.factor * Math.exp(masses.log(weighed.group, half) - top);
    }
    return top + Math.log(total);
  };

  return {
    /** `claimed`: what the video's own server says it has in likes and shares, told at `claimedAt`; never counts alone. */
    score(video: number, claimed: number, claimedAt: number): Scored {
      const scored = emptyScore();
      const count = weigh(video, scored);
      if (scored.local + scored.remote <= 0) return scored;
      const prior = limits.claim * Math.log1p(claimed);
      for (let half = 0; half < halves.length; half += 1) {
        const claim =
          prior > 0 ? Math.log(prior) + claimedAt / (constants[half] ?? 1) : Number.NEGATIVE_INFINITY;
        scored.logs[half] = sum(count, half, claim);
      }
      return scored;
    },

    /** The same, with what counts of the windows from one to another. */
    scoreWithHour(video: number, from: number, to: number): Scored {
      const scored = emptyScore();
      const count = weigh(video, scored);
      for (let at = 0; at < count; at += 1) {
        const weighed = scratch[at];
        if (!weighed) continue;
        const { mass, strange } = masses.between(weighed.group, from, to);
        scored.hour += mass * weighed.factor;
        scored.strange += strange * weighed.factor;
        if (weighed.source >> 1 === LOCAL) continue;
        scored.remoteHour += mass * weighed.factor;
        if (mass * weighed.factor > scored.largestHour) {
          scored.largestHour = mass * weighed.factor;
          scored.largestDomain = weighed.source >> 1;
        }
      }
      return scored;
    },
  };
}

function emptyScore(): Scored {
  return {
    logs: new Float64Array(halves.length).fill(Number.NEGATIVE_INFINITY),
    ...{ local: 0, remote: 0, remoteViews: 0, servers: 0 },
    ...{ hour: 0, strange: 0, remoteHour: 0, largestHour: 0, largestDomain: LOCAL },
  };
}
