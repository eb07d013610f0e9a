import { searchLimits } from '../../../../config/search-limits.ts';
import type { Db, InTx, Tx } from '../../../db/database.ts';
import type { AccountId, SoundId } from '../../../lib/ids.ts';
import { fail, ok, type Result } from '../../../lib/result.ts';
import type { SearchToken } from '../query.ts';
import type { SearchIndex, VideoQuery } from '../search-index.ts';
import { spaced } from '../words.ts';
import { begunSounds, begunTags } from './begun.ts';
import { candidates } from './candidates.ts';
import { compile, type Understood, understand } from './compile.ts';
import { type CaptionText, followChanges, restartIndex } from './keeping.ts';
import { primaryLanguage } from './marks.ts';
import { rowsOf } from './statement.ts';

/** A reading transaction in which no search takes long, and PostgreSQL takes the index and not the whole table for a common word. */
export function searching<T>(
  db: Db,
  work: (tx: Tx) => Promise<T>,
  timeoutMs: number = searchLimits.timeoutMs,
): Promise<T> {
  return db.transaction(
    async (tx) => {
      await tx.raw(
        `select set_config('statement_timeout', ?, true), set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true),
                set_config('max_parallel_workers_per_gather', '0', true)`,
        [String(timeoutMs)],
      );
      return work(tx);
    },
    { readOnly: true },
  );
}

const QUERY_CANCELED = '57014';
const TOO_LONG =
  'This search takes too long. Add a rarer word, or a filter such as from:@name or after:2026-01, and try again.';

/** The same, with another outcome where PostgreSQL stopped it. */
async function orTooLong<T, U>(tooLong: U, work: Promise<T>): Promise<T | U> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === QUERY_CANCELED) return tooLong;
    throw error;
  }
}

/** What is only a help, such as what somebody may have meant: nothing where PostgreSQL takes too long to find it. */
const helping = <T>(db: Db, nothing: T, work: (tx: Tx) => Promise<T>): Promise<T> =>
  orTooLong(nothing, searching(db, work, searchLimits.helpMs));

/** What is searched for, and may be found by another way: nothing where PostgreSQL stops it. */
export const inTime = <T>(db: Db, nothing: T, work: (tx: Tx) => Promise<T>): Promise<T> =>
  orTooLong(nothing, searching(db, work));

export interface PostgresIndex extends SearchIndex {
  /** What the words of a query mean, one for each of its texts: for an index that lies elsewhere. */
  understand(query: VideoQuery): Promise<Result<{ texts: Understood[] }, 'unavailable'>>;
}

/** The index in PostgreSQL itself: ADR 0069 says how, and what was measured. */
export function createPostgresIndex(deps: {
  readonly db: Db;
  readonly inTx: InTx;
  readonly captionText: CaptionText;
  readonly now: () => number;
}): PostgresIndex {
  const { db } = deps;
  const commonLanguages = remembered(deps.now, async () => {
    const codes: string[] = await db('search_terms')
      .where({ kind: 'language' })
      .orderBy('uses', 'desc')
      .limit(searchLimits.languages)
      .pluck('term');
    return codes;
  });

  const languagesOf = async (query: VideoQuery): Promise<string[]> => {
    const own = query.languages.flatMap((tag) => primaryLanguage(tag) ?? []);
    return [...new Set(['en', ...own, ...(await commonLanguages())])];
  };

  return {
    async understand(query) {
      const languages = await languagesOf(query);
      return orTooLong(
        fail('unavailable', TOO_LONG),
        searching(db, async (tx) => ok({ texts: await understand(tx, query, languages) })),
      );
    },

    async videos(query) {
      const languages = await languagesOf(query);
      return orTooLong(
        fail('unavailable', TOO_LONG),
        searching(db, async (tx) =>
          ok(await candidates(tx, await compile(tx, query, languages), query.asOf)),
        ),
      );
    },

    async corrected(tokens) {
      const fixed: SearchToken[] = [];
      for (const token of tokens)
        fixed.push(token.kind === 'word' && !token.not ? await likelier(db, token) : token);
      return fixed.some((token, at) => token !== tokens[at]) ? fixed : null;
    },

    async tags(text, most) {
      return helping<string[]>(db, [], async (tx) => {
        const found = (await rowsOf<{ name: string }>(tx, begunTags(text, most))).map(({ name }) => name);
        if (found.length > 0 || text.length < searchLimits.minAlike) return found;
        const { rows } = await tx.raw<{ rows: { term: string }[] }>(
          `select term from search_terms_like('tag', ?, ?)`,
          [text, most],
        );
        return rows.map(({ term }) => term);
      });
    },

    async alikeAccounts(text, most) {
      if (text.length < searchLimits.minAlike) return [];
      return helping<AccountId[]>(db, [], async (tx) => {
        const { rows } = await tx.raw<{ rows: { id: AccountId }[] }>(
          'select account_id as id from search_accounts_like(search_fold(?), ?) order by likeness desc',
          [spaced(text), most],
        );
        return rows.map(({ id }) => id);
      });
    },

    async sounds(text, most) {
      return helping<SoundId[]>(db, [], async (tx) => {
        const { rows } = await tx.raw<{ rows: { id: SoundId }[] }>(
          'select sound_id as id from search_sounds_like(search_fold(?), ?) order by likeness desc',
          [spaced(text), most],
        );
        return rows.map(({ id }) => id);
      });
    },

    async begunSounds(text, most) {
      return helping<SoundId[]>(db, [], async (tx) =>
        (await rowsOf<{ name: SoundId }>(tx, begunSounds(text, most))).map(({ name }) => name),
      );
    },

    follow: () => followChanges(deps),
    restart: () => restartIndex(deps.inTx),

    async state() {
      const { rows } = await db.raw<{ rows: { documents: number; behind: number }[] }>(
        `select (select count(*) from search_documents)::int as documents,
                (select count(*) from search_changes)::int as behind`,
      );
      const [state] = rows;
      if (!state) throw new Error('PostgreSQL counted nothing.');
      return state;
    },
  };
}

/** A word that no video has, as the one that most of those like it have; itself where there is none. */
async function likelier(db: Db, token: Extract<SearchToken, { kind: 'word' }>): Promise<SearchToken> {
  const text = spaced(token.text);
  const term = await helping<string | null>(db, null, async (tx) => {
    const { rows } = await tx.raw<{ rows: { term: string | null }[] }>(
      `select case when length(folded) < :least
                     or exists (select from search_terms where kind = 'word' and term = folded) then null
              else (select term from (
                select term, uses, 0.8::real as likeness from search_terms
                 where kind = 'word' and term = any (select search_fold(slip) from unnest(:slips::text[]) as slip)
                union all select term, uses, likeness from search_terms_like('word', folded, 10)
              ) as near where uses >= :uses order by likeness * (1 + ln(uses) / 20) desc, term limit 1) end as term
         from search_fold(:word) as folded`,
      {
        word: text,
        slips: slipsOf(text),
        least: searchLimits.minAlike,
        uses: searchLimits.minUsesOfCorrection,
      },
    );
    return rows[0]?.term ?? null;
  });
  return term === null ? token : { ...token, text: term };
}

/** A word with two letters in each other's place, or one that is too much: of these, trigrams have little in common. */
function slipsOf(word: string): string[] {
  const letters = [...word];
  return letters.flatMap((letter, at) => {
    const without = letters.toSpliced(at, 1).join('');
    const next = letters[at + 1];
    return next === undefined ? [without] : [without, letters.toSpliced(at, 2, next, letter).join('')];
  });
}

/** Asks once in a while. */
function remembered<T>(now: () => number, ask: () => Promise<T>): () => Promise<T> {
  let known: { readonly at: number; readonly value: Promise<T> } | undefined;
  return () => {
    if (known && now() - known.at < searchLimits.languagesMs) return known.value;
    const value = ask();
    known = { at: now(), value };
    value.catch(() => {
      known = undefined;
    });
    return value;
  };
}
