import type { TrendSettings } from '../../../config/trend-limits.ts';

/** What is known of a server, from what it does here and from whom people here follow. */
export interface Domain {
  readonly index: number;
  readonly name: string;
  /** When it was first heard of. */
  since: number;
  /** As it says of itself; null where unknown. */
  population: number | null;
  /** What an admin set, over everything else. */
  override: number | null;
  /** Grown-up accounts of this server that follow somebody there. */
  followers: number;
  /** People of it who acted here, and those of them who did on more than one day. */
  actors: number;
  returned: number;
  /** Reports of its videos by people of this server. */
  reports: number;
  /** As of the last reckoning. */
  trust: number;
}

/** How much a server's people count, and the parts it is made of: all of it may be shown. */
export interface DomainTrust {
  readonly domain: string;
  readonly trust: number;
  readonly override: number | null;
  readonly knownMs: number;
  readonly followers: number;
  readonly actors: number;
  readonly returned: number;
  readonly reports: number;
}

/** This server, among the domains. */
export const LOCAL = 0;
/** Where accounts belong that nobody told of. */
export const UNKNOWN = 1;

/**
 * The trust a server has earned, between `least` and 1: it grows with the time since it was first heard of, with grown-up accounts
 * here that follow somebody there, and with the part of its people who came back on another day; it falls with reports and where
 * more people act than its population explains. What a server says of itself can only lower it.
 */
export function trustIn(domain: Domain, at: number, settings: TrendSettings['trust']): number {
  if (domain.index === LOCAL) return 1;
  if (domain.override !== null) return domain.override;
  if (domain.index === UNKNOWN) return settings.least;
  const known = 1 - 2 ** (-Math.max(0, at - domain.since) / settings.halfKnownMs);
  const followed = domain.followers / (domain.followers + settings.halfFollowers);
  const history = domain.returned / (domain.actors + settings.halfActors);
  const earned = known * (settings.known + settings.followed * followed + settings.history * history);
  const allowed =
    settings.freeActors + settings.actorsPerPerson * (domain.population ?? Number.POSITIVE_INFINITY);
  const crowd = Math.min(1, allowed / Math.max(1, domain.actors));
  const reported = 1 / (1 + Math.max(0, domain.reports - domain.actors / 50) / settings.reportsAllowed);
  return settings.least + (1 - settings.least) * earned * crowd * reported;
}

/** All servers that were heard of. */
export function createDomains(settings: TrendSettings['trust']) {
  const byName = new Map<string, Domain>();
  const all: Domain[] = [];
  let begun: number | null = null;

  const make = (name: string, since: number): Domain => {
    const domain: Domain = {
      ...{ index: all.length, name, since, population: null, override: null },
      ...{ followers: 0, actors: 0, returned: 0, reports: 0, trust: settings.least },
    };
    domain.trust = trustIn(domain, since, settings);
    all.push(domain);
    byName.set(name, domain);
    return domain;
  };
  make('', 0);
  // No name of a server has a space in it.
  make(' ', 0);

  return {
    at: (index: number): Domain | undefined => all[index],
    named: (name: string): Domain | undefined => byName.get(name),
    /** The server of a name, made where it is heard of for the first time. */
    of(name: string, at: number): Domain {
      const there = byName.get(name);
      if (there) return there;
      begun ??= at;
      const isOld = at - begun <= settings.startMs;
      const made = make(name, isOld ? at - settings.startKnownMs : at);
      made.trust = trustIn(made, at, settings);
      return made;
    },
    /** Sets when the record begins, at the first event of all. */
    begin(at: number): void {
      begun ??= at;
    },
    /** Reckons every trust anew; tells whether one changed by more than a hundredth. */
    reckon(at: number): boolean {
      let hasChanged = false;
      for (const domain of all) {
        const trust = trustIn(domain, at, settings);
        if (Math.abs(trust - domain.trust) > 0.01) hasChanged = true;
        domain.trust = trust;
      }
      return hasChanged;
    },
    list: (at: number): DomainTrust[] =>
      all.slice(UNKNOWN + 1).map((domain) => ({
        domain: domain.name,
        trust: domain.trust,
        override: domain.override,
        knownMs: Math.max(0, at - domain.since),
        followers: domain.followers,
        actors: domain.actors,
        returned: domain.returned,
        reports: domain.reports,
      })),
  };
}

export type Domains = ReturnType<typeof createDomains>;
