import { setTimeout as pause } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { faspLimits } from '../../../config/fasp-limits.ts';
import type { AccountId, FaspId } from '../../lib/ids.ts';
import type { FaspDeps } from './deps.ts';
import { keysOf } from './keys.ts';
import { using } from './providers.ts';
import { shareableOf } from './sharing/what.ts';
import { accountsSchema } from './wire.ts';

/** Whether one more account may be asked for at its own server, for whoever wants to see it; counts it where it may. */
export type MayLookUp = () => Promise<boolean>;

/** What providers are asked for people by, and for how long an answer is good. */
const QUESTIONS = {
  account_search: {
    path: '/account_search/v0/search',
    query: (term: string) => ({ term, limit: String(faspLimits.foundPeople) }),
    forMs: faspLimits.searchedMs,
  },
  follow_recommendation: {
    path: '/follow_recommendation/v0/accounts',
    query: (accountUri: string) => ({ accountUri }),
    forMs: faspLimits.recommendedMs,
  },
} as const;
type Question = keyof typeof QUESTIONS;

const REMEMBERED = 2_000;

/**
 * People whom providers find. They name addresses alone: who is not known here is asked for at their own server, under limits, and whom the
 * viewer may see is for the caller to find out. It takes a bounded time, and never fails: what comes later is there the next time.
 */
export function peopleOf(deps: FaspDeps) {
  const { db, log } = deps;
  const answers = new LRUCache<string, readonly string[]>({ max: REMEMBERED });
  /** Providers that could not be asked just now. */
  const away = new LRUCache<FaspId, true>({ max: faspLimits.maxAccepted });
  const asked = new Set<string>();

  async function listOf(id: FaspId, question: Question, about: string): Promise<readonly string[]> {
    const key = `${question} ${id} ${about}`;
    const known = answers.get(key);
    if (known) return known;
    const keys = away.has(id) ? null : await keysOf(db, deps.instanceSecret, id);
    if (!keys) return [];
    const { path, query, forMs } = QUESTIONS[question];
    const wait = { deadlineMs: faspLimits.peopleDeadlineMs };
    const answer = await deps.ask(keys, { method: 'GET', path, query: query(about), ...wait });
    const read = answer.ok ? accountsSchema.safeParse(answer.json) : null;
    const failure = answer.ok
      ? read?.success === false && 'Its answer is no list of accounts.'
      : (answer.detail ?? answer.reason);
    const note = { ask_failure: failure ? failure.slice(0, 300) : null };
    await db('fasp_capabilities')
      .where({ provider_id: id, capability: question })
      .whereRaw('ask_failure is distinct from ?', [note.ask_failure])
      .update(note);
    if (!read?.success) {
      const pauseMs = answer.ok ? 0 : (answer.pauseMs ?? 0);
      away.set(id, true, {
        ttl: Math.min(Math.max(faspLimits.firstRetryMs, pauseMs), faspLimits.longestRetryMs),
      });
      return [];
    }
    answers.set(key, read.data, { ttl: forMs });
    return read.data;
  }

  /** Of all who are used for this, the best of each first. */
  async function addressesOf(question: Question, about: string): Promise<string[]> {
    const ids: FaspId[] = await db('fasp_providers').modify(using(question)).orderBy('id').pluck('id');
    const lists = await Promise.all(ids.map((id) => listOf(id, question, about)));
    const places = Array.from({ length: faspLimits.foundPeople }, (_, place) => place);
    const inTurn = places.flatMap((place) => lists.flatMap((list) => list[place] ?? []));
    return [...new Set(inTurn)].slice(0, faspLimits.foundPeople);
  }

  /** At its own server; not where that is asked already, or where too many are. */
  async function lookUp(uri: string, mayLookUp: MayLookUp): Promise<AccountId | null> {
    if (asked.has(uri) || asked.size >= faspLimits.lookedUpAtOnce) return null;
    asked.add(uri);
    try {
      if (!(await mayLookUp())) return null;
      const found = await deps.lookup.actor(uri);
      return found.ok ? found.account.id : null;
    } finally {
      asked.delete(uri);
    }
  }

  async function find(question: Question, about: string, mayLookUp: MayLookUp): Promise<AccountId[]> {
    const found = new Map<string, AccountId>();
    let uris: string[] = [];
    const work = async () => {
      uris = await addressesOf(question, about);
      const known = await deps.accounts.byActorUris(uris);
      for (const account of known) if (account) found.set(account.actorUri, account.id);
      const unknown = uris.filter((uri) => !found.has(uri)).slice(0, faspLimits.lookedUpPeople);
      await Promise.all(
        unknown.map(async (uri) => {
          const id = await lookUp(uri, mayLookUp);
          if (id !== null) found.set(uri, id);
        }),
      );
    };
    const bound = new AbortController();
    await Promise.race([
      work().catch((error) => log.info({ err: error }, 'auxiliary services could not be asked for people')),
      pause(faspLimits.peopleWaitMs, null, { signal: bound.signal }).catch(() => null),
    ]);
    bound.abort();
    return uris.flatMap((uri) => found.get(uri) ?? []);
  }

  return {
    /** Whom providers find by words that somebody wrote. */
    search: (term: string, mayLookUp: MayLookUp) => find('account_search', term, mayLookUp),

    /** Whom providers recommend to somebody. They hear who it is: nobody who does not want to be found is named to them. */
    async recommendedTo(accountId: AccountId, mayLookUp: MayLookUp): Promise<AccountId[]> {
      const own = (await shareableOf(deps, 'account', [accountId])).get(accountId);
      return own ? find('follow_recommendation', own.uri, mayLookUp) : [];
    },
  };
}
