import { z } from 'zod';
import { type Ok, ok } from '../../../lib/result.ts';
import { askEngine, type ClientDeps, type EngineFailure, soon } from './client.ts';

/**
 * How documents lie in the engine. Whoever changes `settings` or `mappings` raises this number: an index of the new layout is then filled
 * beside the old one, which older processes search meanwhile.
 */
export const LAYOUT = 1;

/** Words come as PostgreSQL cut them, with spaces between: the engine takes them as they are. */
const words = { type: 'text', analyzer: 'whitespace', norms: false, index_options: 'positions' } as const;

/** Shards and replicas are the admin's choice, by an index template of OpenSearch. */
export const indexBody = {
  settings: {
    // An interval that is set goes on without searches, too: the first search after a quiet night waits for nothing.
    'index.refresh_interval': '1s',
    // How long the version of what was deleted is known: as long as something older may still be under way.
    'index.gc_deletes': '1h',
  },
  mappings: {
    dynamic: 'strict',
    // Ids are all that is asked for; the words stand in PostgreSQL.
    _source: { enabled: false },
    properties: {
      id: { type: 'long' },
      ...{ caption: words, aside: words, spoken: words },
      ...{ author: { type: 'keyword' }, language: { type: 'keyword' }, tags: { type: 'keyword' } },
      ...{ has: { type: 'keyword' }, local: { type: 'boolean' } },
      published: { type: 'date', format: 'epoch_millis' },
      ...{ seconds: { type: 'float' }, popularity: { type: 'byte' } },
    },
  },
} as const;

/** Names of the engine; `prefix` is of letters, digits and hyphens. */
export const namesOf = (prefix: string) => ({
  /** What is searched. */
  live: `${prefix}-videos-l${LAYOUT}`,
  /** What is filled. */
  next: `${prefix}-videos-l${LAYOUT}-next`,
  /** A new index, one that nothing is called by yet. */
  fresh: (nowMs: number, random: string) => `${prefix}-videos-l${LAYOUT}-${nowMs.toString(36)}${random}`,
  every: `${prefix}-videos-l*`,
});

export interface Standing {
  /** The index that is searched. */
  readonly live: string | null;
  /** The one that is filled; more of them where two processes began one at the same moment. */
  readonly next: readonly string[];
  /** Indexes of ours that are neither: of older layouts, or left over. */
  readonly others: readonly string[];
  /** One of a newer version of this program is there: that one keeps them. */
  readonly isNewer: boolean;
}

const aliasesShape = z.record(z.string().max(255), z.object({ aliases: z.record(z.string(), z.unknown()) }));

/** Which of our indexes are there. */
export async function standing(
  deps: ClientDeps,
  prefix: string,
  signal?: AbortSignal,
): Promise<Ok<Standing> | EngineFailure> {
  const names = namesOf(prefix);
  const question = { method: 'GET', path: `/${names.every}/_alias`, ...soon(undefined), signal } as const;
  const answer = await askEngine(deps, question, aliasesShape);
  if (!answer.ok) return answer;
  const indexes = Object.entries(answer.said);
  const called = (alias: string) =>
    indexes.flatMap(([name, { aliases }]) => (Object.hasOwn(aliases, alias) ? [name] : []));
  const [live = null] = called(names.live);
  const next = called(names.next);
  const layouts = indexes.map(([name]) => layoutOf(prefix, name));
  const others = indexes.flatMap(([name]) =>
    name === live || next.includes(name) || layoutOf(prefix, name) === null ? [] : [name],
  );
  return ok({ live, next, others, isNewer: layouts.some((layout) => (layout ?? 0) > LAYOUT) });
}

/** Null: a name that we gave to nothing. */
function layoutOf(prefix: string, name: string): number | null {
  const [, number] = name.startsWith(`${prefix}-videos-l`)
    ? (/^(\d{1,6})-[0-9a-z]{1,40}$/.exec(name.slice(`${prefix}-videos-l`.length)) ?? [])
    : [];
  return number === undefined ? null : Number(number);
}
