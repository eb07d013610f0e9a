import { z } from 'zod';
import type { Db, Tx } from '../../db/database.ts';
import type { AccountId, Id, IdSource } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import {
  type RankingSettings,
  rankingDefaults,
  rankingSettingsSchema,
  settingsVersion,
} from '../ranking/index.ts';

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
}) {
  const { db, ids, now } = deps;

  async function store(
    tx: Tx,
    numbers: Readonly<Record<string, number>>,
    by: { readonly accountId: AccountId | null; readonly reason: string },
  ): Promise<Result<{ live: LiveSettings }, 'settings-invalid'>> {
    const read = settingsWith(numbers);
    if (!read.ok) return read;
    const defaults = numbersOf(rankingDefaults);
    const own = Object.entries(numbersOf(read.settings)).filter(([path, value]) => defaults[path] !== value);
    await tx('ranking_changes').insert({
      ...{ id: ids.next(), settings: JSON.stringify(Object.fromEntries(own)), account_id: by.accountId },
      ...{ reason: by.reason, changed_at: new Date(now()) },
    });
    await tx.raw('select pg_notify(?, ?)', [RANKING_CHANNEL, 'settings']);
    return ok({ live: { settings: read.settings, version: settingsVersion(read.settings) } });
  }

  return {
    current: (): Promise<LiveSettings> => readSettings(db),

    /** Changes some numbers, by their paths; all others stay. */
    async change(
      tx: Tx,
      numbers: Readonly<Record<string, number>>,
      by: { readonly accountId: AccountId | null; readonly reason: string },
    ) {
      // One after the other, or the second would undo the first.
      await tx.raw('lock table ranking_changes in share row exclusive mode');
      return store(tx, { ...storedNumbers(await newest(tx)), ...numbers }, by);
    },

    /** Everything as it was at first. */
    reset: (tx: Tx, by: { readonly accountId: AccountId | null; readonly reason: string }) =>
      store(tx, {}, by),

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
