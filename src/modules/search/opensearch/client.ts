import { z } from 'zod';
import type { Config } from '../../../../config/config.ts';
import { searchLimits } from '../../../../config/search-limits.ts';
import type { FormPoster, ServiceQuestion } from '../../../lib/net/form-post.ts';
import { type Failure, fail, type Ok, ok } from '../../../lib/result.ts';

export interface ClientDeps {
  readonly config: Pick<Config, 'search'>;
  readonly poster: Pick<FormPoster, 'ask'>;
}

/** `absent`: the index is not there. `unavailable`: another try may work. `refused`: the engine does not take it as it is. */
export type EngineFailure = Failure<'absent' | 'unavailable' | 'refused'>;

interface Question {
  readonly method: ServiceQuestion['method'];
  /** With a leading slash; what is in it is of the program, never of people. */
  readonly path: string;
  readonly body?: string;
  readonly contentType?: 'application/json' | 'application/x-ndjson';
  readonly deadlineMs: number;
  readonly maxBytes: number;
  readonly signal?: AbortSignal | undefined;
}

const errorShape = z.object({
  error: z.object({
    ...{ type: z.string(), reason: z.string().nullish() },
    root_cause: z.array(z.object({ type: z.string() })).default([]),
  }),
});

/** What is wrong with the question, though released versions of OpenSearch answer with 500. */
const TOO_MUCH = new Set(['too_many_clauses', 'too_many_nested_clauses']);

/** Statuses that say "later" though they are of the 400s. */
const LATER = new Set([408, 429]);
const MOST_REASON = 300;

/** Asks the engine, and reads its answer by the schema: an answer of another shape is none. */
export async function askEngine<T>(
  { config, poster }: ClientDeps,
  question: Question,
  schema: z.ZodType<T>,
): Promise<Ok<{ readonly said: T }> | EngineFailure> {
  const { engine } = config.search;
  if (engine === null) return fail('unavailable', 'No address of a search engine is set.');
  const { method, path, body, contentType = 'application/json', deadlineMs, maxBytes, signal } = question;
  const answer = await poster.ask({
    ...{ method, url: `${engine.url}${path}`, deadlineMs, maxBytes },
    ...(body === undefined ? {} : { body }),
    ...(signal === undefined ? {} : { signal }),
    headers: {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': contentType }),
      ...(engine.login === null ? {} : { authorization: basicOf(engine.login) }),
    },
  });
  if (!answer.ok) return fail('unavailable', `The search engine: ${answer.detail ?? answer.reason}`);
  const read = jsonOf(answer.body);
  if (answer.status === 200) {
    const parsed = schema.safeParse(read);
    if (parsed.success) return ok({ said: parsed.data });
    return fail('unavailable', 'The search engine answered with something else than an OpenSearch does.');
  }
  const told = errorShape.safeParse(read);
  const why = told.success
    ? `: ${told.data.error.type}, ${(told.data.error.reason ?? '').slice(0, MOST_REASON)}`
    : '.';
  const detail = `The search engine answered with status ${answer.status}${why}`;
  if (told.success && told.data.error.type === 'index_not_found_exception') return fail('absent', detail);
  if (answer.status === 401 || answer.status === 403) {
    return fail(
      'unavailable',
      `${detail} Look at SEARCH_USER and SEARCH_PASSWORD, and what that user may do.`,
    );
  }
  if (told.success && told.data.error.root_cause.some(({ type }) => TOO_MUCH.has(type)))
    return fail('refused', detail);
  return fail(answer.status >= 500 || LATER.has(answer.status) ? 'unavailable' : 'refused', detail);
}

/** A question with JSON that is answered soon. */
export const soon = (body: unknown): Pick<Question, 'body' | 'deadlineMs' | 'maxBytes'> => ({
  ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  deadlineMs: searchLimits.engineToldMs,
  maxBytes: searchLimits.engineBytes,
});

type Login = NonNullable<NonNullable<Config['search']['engine']>['login']>;

function basicOf({ user, password }: Login): string {
  return `Basic ${Buffer.from(`${user}:${password.reveal()}`).toString('base64')}`;
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return null;
  }
}
