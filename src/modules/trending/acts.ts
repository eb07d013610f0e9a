import type { TrendSettings } from '../../../config/trend-limits.ts';
import type { SignalOf } from '../signals/index.ts';
import { type Domains, LOCAL } from './domains.ts';
import type { Masses } from './masses.ts';
import { PairTable, shortHash } from './pair-table.ts';
import type { People, Person } from './people.ts';
import { actionsOf, logConcave, viewsOf } from './scoring.ts';
import type { Standings, TrendVideo } from './standing.ts';
import { createRecent } from './velocity.ts';
import type { Vote, Votes } from './votes.ts';

const DAY_MS = 86_400_000;
/** What one person does once for one video; `any`: how many of the others. */
const acts = ['view', 'complete', 'like', 'comment', 'share', 'save', 'report', 'any'] as const;
type Act = (typeof acts)[number];
const REPORT = acts.indexOf('report');
const ANY = acts.indexOf('any');
/** A second kind of keys in the table of comments: how many one person has written below a video besides the first. */
const MORE = 0x80000000;

/**
 * What people do for videos: each counts once a person, video and kind, as much as the account and the network it comes from allow,
 * and can be taken back.
 */
export function createActs(deps: {
  readonly settings: TrendSettings;
  readonly domains: Domains;
  readonly people: People;
  readonly votes: Votes;
  readonly masses: Masses;
  readonly standings: Standings;
  readonly videoAt: (slot: number) => TrendVideo | undefined;
}) {
  const { settings, domains, people, votes, masses, standings, videoAt } = deps;
  /** (person, video and act) to the window it counted in and the amount. */
  const done = new PairTable();
  /** (hash of its id, video) of comments; and what a network watched of a video. */
  const comments = new PairTable();
  const networks = new PairTable();

  const vote = (video: TrendVideo, person: Person, by: Vote, at: number, weight: number): void => {
    for (const topic of video.topics) {
      // Nobody trends by what they do themselves.
      if (topic.of === 'creators' && topic.id === person.id) continue;
      if (votes.cast(topic, person.slot, person.domain, by, at, weight)) standings.touchTopic(topic);
    }
  };

  const unvote = (video: TrendVideo, slot: number, domain: number, by: Vote, at: number): void => {
    for (const topic of video.topics) {
      if (votes.retract(topic, slot, domain, by, at)) standings.touchTopic(topic);
    }
  };

  const countPerson = (slot: number, video: TrendVideo, by: 1 | -1) => {
    const low = video.slot * 8 + ANY;
    const place = done.find(slot, low);
    if (place < 0) {
      if (by < 0) return;
      done.add(slot, low, 1, 0);
      video.people += 1;
      return;
    }
    const count = done.value(place) + by;
    if (count > 0) return done.set(place, count, 0);
    done.remove(place);
    video.people -= 1;
  };

  /** Somebody did something, for the first time with this video. `amount`: what it is worth from an account that is old enough. */
  const act = (person: Person, video: TrendVideo, what: Act, at: number, amount: number): boolean => {
    const low = video.slot * 8 + acts.indexOf(what);
    if (done.find(person.slot, low) >= 0) return false;
    const weight = people.weight(person, at);
    const isStrange = people.isStrange(person, at);
    people.acted(person, at);
    const window = masses.windowOf(at);
    const exact = Math.fround(amount * weight);
    const isView = what === 'view' || what === 'complete';
    const source = isView && person.domain !== LOCAL ? viewsOf(person.domain) : actionsOf(person.domain);
    if (exact > 0) masses.add(video.slot, source, window, exact, isStrange);
    done.add(person.slot, low, ((window << 1) | Number(isStrange)) >>> 0, exact);
    countPerson(person.slot, video, 1);
    const trust = domains.at(person.domain)?.trust ?? 0;
    standings.counted(exact * trust, isStrange);
    if (what !== 'complete') lively(video, at, weight * trust);
    vote(video, person, isView ? 'view' : 'action', at, weight);
    return true;
  };

  const lively = (video: TrendVideo, at: number, amount: number): void => {
    video.lastAt = Math.max(video.lastAt, at);
    video.recent ??= createRecent();
    video.author.usual ??= standings.velocity.usual();
    standings.velocity.count(video.recent, video.author.usual, video.publishedAt, at, amount);
    standings.touchVideo(video);
  };

  /** Takes back what somebody did. */
  const retract = (slot: number, domain: number, video: TrendVideo, actIndex: number): void => {
    const place = done.find(slot, video.slot * 8 + actIndex);
    if (place < 0) return;
    const value = done.value(place);
    const amount = done.amount(place);
    done.remove(place);
    countPerson(slot, video, -1);
    const isView = actIndex <= 1;
    const source = isView && domain !== LOCAL ? viewsOf(domain) : actionsOf(domain);
    if (amount > 0) masses.add(video.slot, source, value >>> 1, -amount, (value & 1) === 1);
    unvote(video, slot, domain, isView ? 'view' : 'action', (value >>> 1) * settings.windowMs);
    standings.touchVideo(video);
  };

  /** What of an amount counts, after all that came from this network for this video already. */
  const fromNetwork = (
    network: string,
    isPerson: boolean,
    video: TrendVideo,
    at: number,
    amount: number,
  ): number => {
    const knee = isPerson ? settings.networks.people : settings.networks.nobody;
    const high = ((shortHash(network) << 1) | Number(isPerson)) >>> 0 || 1;
    const place = networks.find(high, video.slot);
    const before = place < 0 ? 0 : networks.amount(place);
    if (place < 0) networks.add(high, video.slot, masses.windowOf(at), amount);
    else networks.set(place, masses.windowOf(at), before + amount);
    return logConcave(before + amount, knee) - logConcave(before, knee);
  };

  const watch = (event: SignalOf<'watch'>, video: TrendVideo): void => {
    const amount = (what: 'view' | 'complete', isPerson: boolean): number => {
      const base = settings.weights[what];
      if (event.network === null && isPerson) return base;
      return fromNetwork(event.network ?? ' ', isPerson, video, event.at, base);
    };
    if (event.actorId === null) {
      if (!event.isView) return;
      const sum = amount('view', false) + (event.isComplete ? amount('complete', false) : 0);
      if (sum <= 0) return;
      masses.add(video.slot, actionsOf(LOCAL), masses.windowOf(event.at), Math.fround(sum), false);
      lively(video, event.at, Math.min(1, sum));
      return;
    }
    const person = people.of(event.actorId);
    for (const what of ['view', 'complete'] as const) {
      if (!(what === 'view' ? event.isView : event.isComplete)) continue;
      if (done.find(person.slot, video.slot * 8 + acts.indexOf(what)) >= 0) continue;
      // What other servers' people watch is bounded by server.
      const worth = person.domain === LOCAL ? amount(what, true) : settings.weights[what];
      act(person, video, what, event.at, worth);
    }
  };

  const comment = (event: SignalOf<'comment'>, video: TrendVideo) => {
    const key = shortHash(event.commentId);
    const place = comments.find(key, video.slot);
    const person = people.of(event.actorId);
    if (event.on) {
      if (place >= 0) return;
      comments.add(key, video.slot, masses.windowOf(event.at), 1);
      if (act(person, video, 'comment', event.at, settings.weights.comment)) return;
      // More than one: counted behind the amount of the first, which alone weighs.
      const count = comments.find(person.slot, (video.slot | MORE) >>> 0);
      if (count < 0) comments.add(person.slot, (video.slot | MORE) >>> 0, masses.windowOf(event.at), 1);
      else comments.set(count, masses.windowOf(event.at), comments.amount(count) + 1);
      return;
    }
    if (place < 0) return;
    comments.remove(place);
    const count = comments.find(person.slot, (video.slot | MORE) >>> 0);
    if (count < 0) return retract(person.slot, person.domain, video, acts.indexOf('comment'));
    const more = comments.amount(count) - 1;
    if (more > 0) comments.set(count, comments.value(count), more);
    else comments.remove(count);
  };

  const engage = (event: SignalOf<'like' | 'share' | 'save'>, video: TrendVideo) => {
    const person = people.of(event.actorId);
    if (!event.on) return retract(person.slot, person.domain, video, acts.indexOf(event.kind));
    const isFollowedBoost = event.kind === 'share' && person.domain !== LOCAL && person.followers > 0;
    const boost = isFollowedBoost ? settings.trust.boostByFollowed : 1;
    act(person, video, event.kind, event.at, settings.weights[event.kind] * boost);
  };

  /** Reports by people of this server speak against the server of the video. */
  const report = (event: SignalOf<'not-interested' | 'report'>, video: TrendVideo): void => {
    if (event.kind !== 'report') return;
    const person = people.of(event.actorId);
    const domain = domains.at(video.domain);
    if (person.domain !== LOCAL || !domain || domain.index === LOCAL) return;
    const low = video.slot * 8 + REPORT;
    const place = done.find(person.slot, low);
    if (event.on && place < 0) {
      const weight = Math.fround(people.weight(person, event.at));
      done.add(person.slot, low, (masses.windowOf(event.at) << 1) >>> 0, weight);
      domain.reports += weight;
    }
    if (!event.on && place >= 0) {
      domain.reports -= done.amount(place);
      done.remove(place);
    }
  };

  const remoteView = (event: SignalOf<'remote-view'>, video: TrendVideo): void => {
    const domain = domains.of(event.domain, event.at);
    // Nobody of this server watches from another one.
    if (domain.index === LOCAL) return;
    const id = event.actorId;
    const person = id === null ? undefined : people.known(id);
    if (person?.domain === domain.index) {
      act(person, video, 'view', event.at, settings.weights.view);
      return;
    }
    const slot = id === null ? 0 : people.of(`${event.domain} ${id}`).slot;
    if (slot !== 0) {
      const low = video.slot * 8 + acts.indexOf('view');
      if (done.find(slot, low) >= 0) return;
      done.add(slot, low, ((masses.windowOf(event.at) << 1) | 1) >>> 0, 0);
    }
    const amount = settings.weights.view * settings.account.newWeight;
    masses.add(video.slot, viewsOf(domain.index), masses.windowOf(event.at), amount, true);
    standings.touchVideo(video);
  };

  /** Drops what is older, or not live; and where that leaves too much, what is oldest. */
  const shrink = (
    table: PairTable,
    first: number,
    isKept: (low: number, value: number, from: number) => boolean,
  ): void => {
    const last = first + settings.horizonMs / settings.windowMs;
    for (let from = first; from <= last; from += DAY_MS / settings.windowMs) {
      table.keep((_, low, value) => isKept(low, value, from));
      if (table.size <= settings.bounds.acts * 0.8) return;
    }
  };

  return {
    watch,
    comment,
    engage,
    report,
    remoteView,

    /** Takes back all that somebody did. */
    forget(person: Person): void {
      const lows: number[] = [];
      done.each((high, low) => {
        if (high === person.slot && (low & 7) !== ANY) lows.push(low);
      });
      for (const low of lows) {
        const video = videoAt(low >>> 3);
        if (!video) continue;
        if ((low & 7) === REPORT) {
          const domain = domains.at(video.domain);
          const place = done.find(person.slot, low);
          if (domain) domain.reports -= done.amount(place);
          done.remove(place);
        } else retract(person.slot, person.domain, video, low & 7);
      }
    },

    /** Forgets what came before a time, what was done for videos that are gone (their votes with it), and the oldest of too much. */
    sweep(before: number, hasGone: boolean): void {
      const first = masses.windowOf(before);
      if (hasGone)
        done.each((high, low, value) => {
          const video = videoAt(low >>> 3);
          if (!video?.isRemoved || (low & 7) >= REPORT) return;
          const by = (low & 7) <= 1 ? 'view' : 'action';
          unvote(video, high, people.domainOfSlot(high), by, (value >>> 1) * settings.windowMs);
        });
      const isLive = (slot: number): boolean => videoAt(slot)?.isRemoved === false;
      shrink(done, first, (low, value, from) => {
        if (!isLive(low >>> 3)) return false;
        return (low & 7) === ANY ? (videoAt(low >>> 3)?.lastAt ?? 0) >= before : value >>> 1 >= from;
      });
      shrink(comments, first, (low, window, from) => window >= from && isLive((low & ~MORE) >>> 0));
      shrink(networks, first, (low, window, from) => window >= from && isLive(low));
    },

    isFull: (): boolean => [done, comments, networks].some(({ size }) => size >= settings.bounds.acts),
  };
}
