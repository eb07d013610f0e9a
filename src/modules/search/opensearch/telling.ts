import { z } from 'zod';
import { searchLimits } from '../../../../config/search-limits.ts';
import { fail, type Ok, ok } from '../../../lib/result.ts';
import { askEngine, type ClientDeps, type EngineFailure } from './client.ts';
import type { Told } from './documents.ts';

const outcome = z.object({
  _id: z.string(),
  status: z.number().int(),
  error: z.object({ type: z.string(), reason: z.string().nullish() }).optional(),
});
const bulkShape = z.object({
  items: z.array(z.union([z.object({ index: outcome }), z.object({ delete: outcome })])),
});

/** What is the same in every try. */
const NEVER = new Set([
  'mapper_parsing_exception',
  'document_parsing_exception',
  'strict_dynamic_mapping_exception',
]);

/** One that the engine does not take as it is, whenever it is told. */
export interface Refusal {
  readonly id: string;
  readonly reason: string;
}

/**
 * Tells the engine of documents, under one or two names. Done when all of them are in it, or newer ones; told twice, they are in it once.
 * A name that is not there is not made: `absent`.
 */
export async function tell(
  deps: ClientDeps,
  names: readonly string[],
  told: readonly Told[],
  signal?: AbortSignal,
): Promise<Ok<{ readonly refused: Refusal[] }> | EngineFailure> {
  const refused: Refusal[] = [];
  for (const lines of parted(names.flatMap((name) => told.map((one) => linesOf(name, one))))) {
    const answer = await askEngine(
      deps,
      {
        ...{ method: 'POST', path: '/_bulk?require_alias=true', body: lines.join('') },
        contentType: 'application/x-ndjson',
        ...{ deadlineMs: searchLimits.engineToldMs, maxBytes: searchLimits.engineToldBytes, signal },
      },
      bulkShape,
    );
    if (!answer.ok) return answer;
    if (answer.said.items.length !== lines.length) {
      return fail('unavailable', 'The search engine did not say of each document what became of it.');
    }
    for (const item of answer.said.items) {
      const { _id: id, status, error } = 'index' in item ? item.index : item.delete;
      const reason = `${error?.type ?? status}, ${(error?.reason ?? '').slice(0, 300)}`;
      // 409: what is there is newer, or the same. 404 without an error: nothing is there to be deleted.
      if (status < 300 || status === 409 || (status === 404 && !error)) continue;
      if (error?.type === 'index_not_found_exception') return fail('absent', reason);
      if (!NEVER.has(error?.type ?? ''))
        return fail('unavailable', `The search engine did not take in a document: ${reason}`);
      refused.push({ id, reason });
    }
  }
  return ok({ refused });
}

function linesOf(name: string, { id, version, document }: Told): string {
  const target = { _index: name, _id: id, version, version_type: 'external' };
  return document === null
    ? `${JSON.stringify({ delete: target })}\n`
    : `${JSON.stringify({ index: target })}\n${JSON.stringify(document)}\n`;
}

/** In the same order, so many characters at once; what is longer by itself stands alone. */
function* parted(lines: readonly string[]): Generator<string[]> {
  let part: string[] = [];
  let characters = 0;
  for (const line of lines) {
    if (part.length > 0 && characters + line.length > searchLimits.engineToldCharacters) {
      yield part;
      [part, characters] = [[], 0];
    }
    part.push(line);
    characters += line.length;
  }
  if (part.length > 0) yield part;
}
