import type { Config, ReadConfig, SettingTexts } from '../../../config/config.ts';
import type { VariableName } from '../../../config/env.ts';
import { liveConfig } from '../../../config/live.ts';
import type { Db, Tx } from '../../db/database.ts';
import { type Listener, listenTo } from '../../db/listener.ts';
import type { AuditId } from '../../lib/ids.ts';
import type { Logger } from '../../lib/log.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import { type Actor, type Audit, permitted } from '../staff/index.ts';
import { definitionOf, definitions, type SettingDefinition } from './registry.ts';
import { everyRule, type Rule } from './rules.ts';

export type { Rule } from './rules.ts';

export type Settings = Awaited<ReturnType<typeof openSettings>>;

/** A setting as it is now. */
export interface Setting extends SettingDefinition {
  /** As the environment would write it; null where it has none. */
  readonly value: string | null;
  readonly source: 'environment' | 'staff' | 'default';
  readonly changedAt: Date | null;
}

/** New texts by name; null: the default again. */
export type SettingChanges = Readonly<Record<string, string | null>>;

type ChangeRefusal = 'permission-missing' | 'setting-unknown' | 'setting-locked' | 'setting-invalid';

interface Deps {
  readonly db: Db;
  readonly databaseUrl: string;
  /** What the environment says. */
  readonly config: ReadConfig;
  readonly audit: Audit;
  readonly log: Logger;
}

interface Row {
  readonly name: string;
  readonly value: string;
  readonly changed_at: Date;
}

const CHANNEL = 'vireo_settings';
/** What may be lost between two connections, or behind a pooler that passes no notifications on. */
const REREAD_MS = 30_000;

/**
 * Reads what the staff set, and follows every change of any process: `config` always says what counts now. What the environment sets,
 * nobody changes (ADR 0049).
 */
export async function openSettings(deps: Deps) {
  const { db, config: fixed, audit, log } = deps;
  const live = liveConfig(fixed);
  let rows: readonly Row[] = [];
  let everKnown: readonly Rule[] = [];

  async function read(): Promise<void> {
    rows = await db<Row>('settings').select();
    const next = fitting(fixed, textsOf(rows), log);
    everKnown = await everyRule(db, next.instance.rules);
    live.become(next);
  }

  let reading: Promise<void> = Promise.resolve();
  /** Reads everything again; resolves once it counts in this process. One after the other: the last to begin saw the most. */
  function refresh(): Promise<void> {
    reading = reading.catch(() => undefined).then(read);
    return reading;
  }

  const again = (): void => {
    refresh().catch((error) => log.warn({ err: error }, 'settings could not be read; they are tried again'));
  };
  const listener: Listener = await listenTo(deps.databaseUrl, CHANNEL, { hear: again, onAgain: again });
  // Once it listens, so that no change falls in between.
  await refresh();
  const timer = setInterval(again, REREAD_MS).unref();

  function settingOf(definition: SettingDefinition): Setting {
    const { name, fallback } = definition;
    const row = rows.find((one) => one.name === name);
    if (Object.hasOwn(fixed.told, name)) {
      return { ...definition, value: fixed.told[name] ?? null, source: 'environment', changedAt: null };
    }
    if (row === undefined) return { ...definition, value: fallback, source: 'default', changedAt: null };
    return { ...definition, value: row.value, source: 'staff', changedAt: row.changed_at };
  }

  return {
    config: live.config,
    /** The rules that count, in their order. */
    rules: (): Rule[] =>
      [...new Set(live.config.instance.rules)].flatMap(
        (text) => everKnown.find((rule) => rule.text === text) ?? [],
      ),
    /** A rule in its words, also one that does not count any more. */
    ruleText: (id: string): string | null => everKnown.find((rule) => rule.id === id)?.text ?? null,
    list: (): Setting[] => definitions.map(settingOf),
    byName: (name: string): Setting | null => {
      const definition = definitionOf(name);
      return definition && settingOf(definition);
    },
    refresh,
    change: (tx: Tx, by: Actor, changes: SettingChanges, reason: string) =>
      change({ audit, fixed }, tx, by, { changes, reason }),
    undo: (tx: Tx, by: Actor, id: AuditId) => undo({ audit, fixed }, tx, by, id),
    async close(): Promise<void> {
      clearInterval(timer);
      await listener.close();
    },
  };
}

interface Change {
  readonly changes: SettingChanges;
  readonly reason: string;
  readonly undoes?: AuditId;
}

/** All of the changes, or none of them. Nothing is recorded of what stays as it was. */
async function change(
  { audit, fixed }: { readonly audit: Audit; readonly fixed: ReadConfig },
  tx: Tx,
  by: Actor,
  { changes, reason, undoes }: Change,
): Promise<Result<{ changed: readonly string[] }, ChangeRefusal>> {
  const allowed = permitted(by, 'settings');
  if (!allowed.ok) return allowed;
  for (const name of Object.keys(changes)) {
    const definition = definitionOf(name);
    if (!definition) return fail('setting-unknown', `There is no setting ${name}.`);
    if (Object.hasOwn(fixed.told, name)) {
      return fail('setting-locked', `${name} is set by the environment of the server; change it there.`);
    }
  }
  // One after the other: what is checked together counts together.
  await tx.raw('lock table settings in share row exclusive mode');
  const before: Row[] = await tx('settings').select();
  const texts = { ...textsOf(before) };
  for (const [name, text] of Object.entries(changes) as [VariableName, string | null][]) {
    if (text === null) delete texts[name];
    else texts[name] = text;
  }
  const outcome = fixed.withSettings(texts);
  if (!outcome.ok) {
    const [first] = outcome.problems;
    return fail('setting-invalid', `${first?.variable}: ${first?.remedy}`);
  }
  const was = new Map(before.map((row) => [row.name, row.value]));
  const changed = Object.entries(changes).filter(([name, text]) => (was.get(name) ?? null) !== text);
  for (const [name, text] of changed) {
    if (text === null) await tx('settings').where({ name }).delete();
    else {
      const row = { name, value: text, changed_at: tx.fn.now() };
      await tx('settings').insert(row).onConflict('name').merge();
    }
    await audit.record(tx, by, {
      action: 'setting.change',
      target: { kind: 'setting', id: name },
      reason,
      detail: { from: was.get(name) ?? null, to: text },
      ...(undoes && { undoes }),
    });
  }
  if (changed.length > 0) await tx.raw('select pg_notify(?, ?)', [CHANNEL, '']);
  return ok({ changed: changed.map(([name]) => name) });
}

/** Puts a setting back to what it was before a change. */
async function undo(
  deps: { readonly audit: Audit; readonly fixed: ReadConfig },
  tx: Tx,
  by: Actor,
  id: AuditId,
): Promise<Result<{ changed: readonly string[] }, ChangeRefusal | 'not-found' | 'undone-before'>> {
  const entry = await deps.audit.byId(tx, id);
  if (entry?.action !== 'setting.change') return fail('not-found', 'That entry is about no setting.');
  if (entry.undoneBy !== null) return fail('undone-before', 'This was taken back before.');
  const changes = { [entry.target.id]: (entry.detail.from as string | null | undefined) ?? null };
  return change(deps, tx, by, { changes, reason: entry.reason, undoes: id });
}

function textsOf(rows: readonly Row[]): SettingTexts & Record<string, string> {
  return Object.fromEntries(
    rows.filter(({ name }) => definitionOf(name) !== null).map(({ name, value }) => [name, value]),
  );
}

/** Leaves out what no longer fits, as after an update of the program: the server goes on with what the environment says. */
function fitting(fixed: ReadConfig, texts: SettingTexts, log: Logger): Config {
  const outcome = fixed.withSettings(texts);
  if (outcome.ok) return outcome.config;
  const misfits = outcome.problems.map(({ variable }) => variable);
  log.warn({ settings: misfits }, 'settings do not fit any more and are left out');
  const rest = Object.entries(texts).filter(([name]) => !misfits.includes(name));
  return rest.length === Object.keys(texts).length ? fixed : fitting(fixed, Object.fromEntries(rest), log);
}
