import { z } from 'zod';
import type { Db, Tx } from '../../db/database.ts';
import { type AccountId, type AuditId, type Id, type IdSource, idSchema } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import {
  type RankingSettings,
  rankingDefaults,
  rankingSettingsSchema,
  settingsVersion,
} from '../ranking/index.ts';
import { type Actor, type Audit, type AuditEntry, type Deed, permitted } from '../staff/index.ts';

/** PostgreSQL channel on which engines of all processes hear that settings changed, or that somebody is to be forgotten. */
export const RANKING_CHANNEL = 'vireo_ranking';

/** The settings that rank now. */
export interface LiveSettings {
  readonly settings: RankingSettings;
  readonly version: string;
}

/** One decision about the settings. */
export interface SettingsChange {
  readonly id: Id<'ranking-change'>;
  /** What differed from the defaults from then on, by the path of each number: `weights.trending`. */
  readonly settings: Readonly<Record<string, number>>;
  readonly version: string;
  /** Null: the command line, or somebody who is gone. */
  readonly accountId: AccountId | null;
  readonly reason: string;
  readonly changedAt: Date;
}

type Tree = { readonly [name: string]: number | Tree };

/** Each number of the settings, by its path. */
export function numbersOf(settings: RankingSettings): Record<string, number> {
  const found: Record<string, number> = {};
  const walk = (tree: Tree, path: string): void => {
    for (const [name, value] of Object.entries(tree)) {
      if (typeof value === 'number') found[`${path}${name}`] = value;
      else walk(value, `${path}${name}.`);
    }
  };
  walk(settings, '');
  return found;
}

/** The defaults with some numbers changed. Fails where there is no such number, or it must not have this value. */
export function settingsWith(
  changed: Readonly<Record<string, number>>,
): Result<{ settings: RankingSettings }, 'settings-invalid'> {
  const tree = structuredClone(rankingDefaults) as unknown as Record<string, unknown>;
  const known = numbersOf(rankingDefaults);
  for (const [path, value] of Object.entries(changed)) {
    if (!Object.hasOwn(known, path)) return fail('settings-invalid', `There is no setting ${path}.`);
    const names = path.split('.');
    const last = names.pop() ?? '';
    const parent = names.reduce((at, name) => at[name] as Record<string, unknown>, tree);
    parent[last] = value;
  }
  const read = rankingSettingsSchema.safeParse(tree);
  if (read.success) return ok({ settings: read.data });
  const [issue] = read.error.issues;
  return fail('settings-invalid', `${issue?.path.join('.')}: ${issue?.message}`);
}

/** Ids of the changes before and after a deed. */
const detailSchema = z.object({
  from: idSchema<'ranking-change'>().nullable(),
  to: idSchema<'ranking-change'>(),
});

interface Storing extends Pick<Deed, 'action' | 'undoes'> {
  readonly numbers: Readonly<Record<string, number>>;
  readonly reason: string;
}

/** One after the other, or the second would undo the first. */
async function hold(tx: Tx): Promise<void> {
  await tx.raw('lock table ranking_changes in share row exclusive mode');
}

const storedSchema = z.record(z.string(), z.number());

interface Row {
  readonly id: Id<'ranking-change'>;
  readonly settings: unknown;
  readonly account_id: AccountId | null;
  readonly reason: string;
  readonly changed_at: Date;
}

/** What a row says; numbers of another release that are not known or not allowed any more are left out. */
function storedNumbers(row: Pick<Row, 'settings'> | undefined): Record<string, number> {
  const read = storedSchema.safeParse(row?.settings ?? {});
  const numbers = read.success ? read.data : {};
  if (settingsWith(numbers).ok) return numbers;
  const usable: Record<string, number> = {};
  for (const [path, value] of Object.entries(numbers)) {
    if (settingsWith({ ...usable, [path]: value }).ok) usable[path] = value;
  }
  return usable;
}

function liveOf(numbers: Readonly<Record<string, number>>): LiveSettings {
  const read = settingsWith(numbers);
  const settings = read.ok ? read.settings : rankingDefaults;
  return { settings, version: settingsVersion(settings) };
}

const newest = (db: Db | Tx): Promise<Row | undefined> =>
  db<Row>('ranking_changes').orderBy('id', 'desc').first();

/** The settings that stand in the database now. */
export async function readSettings(db: Db): Promise<LiveSettings> {
  return liveOf(storedNumbers(await newest(db)));
}

/** Settings of the ranking: each change is a row that says who made it, and the newest counts. */
export function rankingSettings(deps: {
  readonly db: Db;
  readonly ids: IdSource;
  readonly now: () => number;
  readonly audit: Audit;
}) {
  const { db, ids, now, audit } = deps;

  async function store(
    tx: Tx,
    by: Actor,
    { numbers, reason, ...deed }: Storing,
  ): Promise<Result<{ live: LiveSettings; auditId: AuditId }, 'settings-invalid' | 'permission-missing'>> {
    const allowed = permitted(by, 'ranking');
    if (!allowed.ok) return allowed;
    const read = settingsWith(numbers);
    if (!read.ok) return read;
    const from = await newest(tx);
    const defaults = numbersOf(rankingDefaults);
    const own = Object.entries(numbersOf(read.settings)).filter(([path, value]) => defaults[path] !== value);
    const id = ids.next<'ranking-change'>();
    await tx('ranking_changes').insert({
      ...{ id, settings: JSON.stringify(Object.fromEntries(own)), reason, changed_at: new Date(now()) },
      account_id: by.kind === 'person' ? by.accountId : null,
    });
    const target = { kind: 'setting', id: 'ranking' } as const;
    const detail = { from: from?.id ?? null, to: id };
    const auditId = await audit.record(tx, by, { ...deed, target, reason, detail });
    await tx.raw('select pg_notify(?, ?)', [RANKING_CHANNEL, 'settings']);
    return ok({ live: { settings: read.settings, version: settingsVersion(read.settings) }, auditId });
  }

  return {
    current: (): Promise<LiveSettings> => readSettings(db),

    /** Changes some numbers, by their paths; all others stay. */
    async change(
      tx: Tx,
      by: Actor,
      { numbers, reason }: { readonly numbers: Readonly<Record<string, number>>; readonly reason: string },
    ) {
      await hold(tx);
      const all = { ...storedNumbers(await newest(tx)), ...numbers };
      return store(tx, by, { action: 'ranking.change', numbers: all, reason });
    },

    /** Everything as it was at first. */
    async reset(tx: Tx, by: Actor, reason = '') {
      await hold(tx);
      return store(tx, by, { action: 'ranking.reset', numbers: {}, reason });
    },

    /** Puts all numbers back to what they were before a change, unless somebody changed them since. */
    async undo(tx: Tx, by: Actor, entry: AuditEntry, reason: string) {
      await hold(tx);
      const { from, to } = detailSchema.parse(entry.detail);
      if ((await newest(tx))?.id !== to) {
        return fail('not-undoable', 'Somebody changed the numbers since. Change them as they shall be.');
      }
      const before = from === null ? undefined : await tx<Row>('ranking_changes').where({ id: from }).first();
      const numbers = storedNumbers(before);
      return store(tx, by, { action: 'ranking.change', numbers, reason, undoes: entry.id });
    },

    /** Who changed what, the last first. */
    async changes(limit: number): Promise<SettingsChange[]> {
      const rows = await db<Row>('ranking_changes').orderBy('id', 'desc').limit(limit);
      return rows.map((row) => {
        const settings = storedNumbers(row);
        return {
          ...{ id: row.id, settings, version: liveOf(settings).version },
          ...{ accountId: row.account_id, reason: row.reason, changedAt: row.changed_at },
        };
      });
    },
  };
}
