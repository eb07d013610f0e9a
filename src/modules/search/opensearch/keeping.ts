import { z } from 'zod';
import { searchLimits } from '../../../../config/search-limits.ts';
import type { Db } from '../../../db/database.ts';
import type { VideoId } from '../../../lib/ids.ts';
import type { Logger } from '../../../lib/log.ts';
import { type Ok, ok } from '../../../lib/result.ts';
import { askEngine, type ClientDeps, type EngineFailure, soon } from './client.ts';
import { toldAfter, toldOf } from './documents.ts';
import { indexBody, namesOf, type Standing, standing } from './layout.ts';
import { tell } from './telling.ts';

export interface KeepingDeps extends ClientDeps {
  readonly db: Db;
  readonly log: Logger;
  readonly now: () => number;
  /** Some letters and digits, different each time. */
  readonly random: () => string;
  /** This process, unlike every other. */
  readonly holder: string;
}

type Outcome = Ok<{ readonly done: number }> | EngineFailure;
const acknowledged = z.object({ acknowledged: z.literal(true) });

/** What of the row counts: it says of which index `filled_to` is. */
interface State {
  readonly building: string | null;
  readonly filled_to: string;
}

/**
 * Tells the engine some of what changed, and of what a new index has still to get; 0: there is nothing left. A line is forgotten only when the
 * engine has what it says, or something newer: a process that dies at any moment has lost nothing, and two of them do no harm. Null: another
 * process is at it, and the engine was not asked.
 */
export async function followWithEngine(deps: KeepingDeps, signal?: AbortSignal): Promise<Outcome | null> {
  const { db, config } = deps;
  const prefix = config.search.engine?.prefix ?? '';
  await stateOf(db, prefix);
  if (!(await holds(deps))) return null;
  // Read by whoever holds it: what the one before has just written would look like something left over.
  const state = await stateOf(db, prefix);
  const found = await standing(deps, prefix, signal);
  if (!found.ok) return found;
  if (found.isNewer) return ok({ done: 0 });
  if (state.building === NOT_BEGUN && found.live !== null) {
    // It was told nothing for a while, or by another database: better none than one that misses things.
    return removed(deps, [found.live, ...found.next], signal);
  }
  // Begun with another database, or by another process at the same moment.
  const strange = found.next.filter((name) => name !== state.building);
  if (strange.length > 0) return removed(deps, strange, signal);
  const isOurs = found.next.length > 0;
  if (!isOurs && state.building !== null && state.building === found.live) {
    await db('search_engine').where({ building: state.building }).update({ building: null, filled_to: 0 });
    return ok({ done: 1 });
  }
  if (!isOurs && (found.live === null || state.building !== null)) return begin(deps, state, signal);
  const names = namesOf(prefix);
  const targets = [...(found.live === null ? [] : [names.live]), ...(isOurs ? [names.next] : [])];
  const changed = await tellChanges(deps, targets, signal);
  if (!changed.ok || !isOurs || state.building === null) return changed;
  // In the same turn: on a server where something changes all the time, it would never be filled.
  const filled = await fill(deps, found, { ...state, building: state.building }, signal);
  return filled.ok ? ok({ done: changed.done + filled.done }) : filled;
}

/**
 * Whether this process is the one that tells the engine, for a while. Only to spare the work: several of them would do no harm, and one that
 * died is followed by another after that while.
 */
async function holds({ db, holder }: Pick<KeepingDeps, 'db' | 'holder'>): Promise<boolean> {
  const held = await db('search_engine')
    .where((free) =>
      free.where({ held_by: holder }).orWhereNull('held_until').orWhereRaw('held_until < now()'),
    )
    .update({
      held_by: holder,
      held_until: db.raw("now() + ? * interval '1 ms'", [searchLimits.engineHeldMs]),
    });
  return held > 0;
}

/** Another process may go on at once. */
export async function letGo({ db, holder }: Pick<KeepingDeps, 'db' | 'holder'>): Promise<void> {
  await db('search_engine').where({ held_by: holder }).update({ held_until: null });
}

/** In place of the name of an index: there is one only now. */
const NOT_BEGUN = '';

/** The row that says that there is an engine. A new one, or one of another name, has all to learn. */
async function stateOf(db: Db, prefix: string): Promise<State> {
  const known = await db('search_engine').where({ id: 1, prefix }).first('building', 'filled_to');
  if (known) return known;
  await db('search_engine')
    .insert({ id: 1, prefix, building: NOT_BEGUN })
    .onConflict('id')
    .merge({ prefix, building: NOT_BEGUN, filled_to: 0 })
    .where('search_engine.prefix', '<>', prefix);
  return { building: NOT_BEGUN, filled_to: '0' };
}

/** Has an index filled anew; what is searched stays as it is meanwhile. `follow` does it from there on. */
export async function restartEngine(deps: KeepingDeps): Promise<Outcome> {
  const state = await stateOf(deps.db, deps.config.search.engine?.prefix ?? '');
  return state.building === NOT_BEGUN ? ok({ done: 0 }) : begin(deps, state);
}

/** Makes an index that is to be filled. */
async function begin(
  deps: KeepingDeps,
  { building }: Pick<State, 'building'>,
  signal?: AbortSignal,
): Promise<Outcome> {
  const { db, config, now, random } = deps;
  const names = namesOf(config.search.engine?.prefix ?? '');
  const fresh = names.fresh(now(), random());
  // First here: of two who begin at once one is, and an index that is not written here is taken away by the next turn.
  const isMine = await db('search_engine')
    .where({ id: 1 })
    .whereRaw('building is not distinct from ?', [building])
    .update({ building: fresh, filled_to: 0 });
  if (isMine === 0) return ok({ done: 0 });
  const body = { ...indexBody, aliases: { [names.next]: {} } };
  const made = await askEngine(
    deps,
    { method: 'PUT', path: `/${fresh}`, ...soon(body), signal },
    acknowledged,
  );
  return made.ok ? ok({ done: 1 }) : made;
}

async function tellChanges(
  deps: KeepingDeps,
  targets: readonly string[],
  signal?: AbortSignal,
): Promise<Outcome> {
  const { db } = deps;
  const changes: { video_id: VideoId; version: string }[] = await db('search_engine_changes')
    .orderBy('version')
    .limit(searchLimits.engineToldAtOnce)
    .select('video_id', 'version');
  if (changes.length === 0) return ok({ done: 0 });
  const answer = await tell(deps, targets, await toldOf(db, changes), signal);
  if (!answer.ok) return answer;
  noteRefused(deps, answer.refused);
  // What changed again meanwhile has another version by now, and stays. Nobody is waited for: what is being changed is told again.
  await db.raw(
    `delete from search_engine_changes where video_id in (
       select video_id from search_engine_changes as lines
         join unnest(:ids::bigint[], :versions::bigint[]) as told (id, version)
           on lines.video_id = told.id and lines.version = told.version
          for update of lines skip locked)`,
    { ids: changes.map(({ video_id }) => video_id), versions: changes.map(({ version }) => version) },
  );
  return ok({ done: changes.length });
}

/** One step of filling the new index; when it has all, it takes the place of the old one at once. */
async function fill(
  deps: KeepingDeps,
  { live, others }: Standing,
  { building, filled_to: from }: { readonly building: string; readonly filled_to: string },
  signal?: AbortSignal,
): Promise<Outcome> {
  const { db, config } = deps;
  const names = namesOf(config.search.engine?.prefix ?? '');
  const told = await toldAfter(db, from, searchLimits.engineToldAtOnce);
  const last = told.at(-1);
  if (last) {
    const answer = await tell(deps, [names.next], told, signal);
    if (!answer.ok) return answer;
    noteRefused(deps, answer.refused);
    await db('search_engine')
      .where({ id: 1, building })
      .where('filled_to', '<', last.id)
      .update({ filled_to: last.id });
    return ok({ done: told.length });
  }
  const old = [...(live === null ? [] : [live]), ...others];
  const actions = [
    { add: { index: building, alias: names.live } },
    { remove: { index: building, alias: names.next } },
    ...old.map((index) => ({ remove_index: { index } })),
  ];
  const swapped = await askEngine(
    deps,
    { method: 'POST', path: '/_aliases', ...soon({ actions }), signal },
    acknowledged,
  );
  if (!swapped.ok) return swapped;
  await db('search_engine').where({ id: 1, building }).update({ building: null, filled_to: 0 });
  deps.log.info({ index: building, before: live }, 'a new search index has taken the place of the old one');
  return ok({ done: 1 });
}

async function removed(deps: ClientDeps, indexes: readonly string[], signal?: AbortSignal): Promise<Outcome> {
  const actions = indexes.map((index) => ({ remove_index: { index } }));
  const answer = await askEngine(
    deps,
    { method: 'POST', path: '/_aliases', ...soon({ actions }), signal },
    acknowledged,
  );
  return answer.ok ? ok({ done: 1 }) : answer;
}

/** One document that cannot be taken in holds up no other. */
function noteRefused(
  { log }: Pick<KeepingDeps, 'log'>,
  refused: readonly { id: string; reason: string }[],
): void {
  if (refused.length === 0) return;
  log.error({ refused: refused.slice(0, 10), all: refused.length }, 'the search engine refused documents');
}
