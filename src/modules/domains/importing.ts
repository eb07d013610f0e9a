import type { Db, Tx } from '../../db/database.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import type { Decision, Instances } from '../instances/index.ts';
import { type Actor, permitted } from '../staff/index.ts';
import { isSame, MILDEST } from './decision.ts';
import { type DomainEffect, effectOf } from './effect.ts';
import { type BadLine, type DomainList, readDomainList } from './list-file.ts';
import type { Recorded, recording } from './recording.ts';

interface ImportingDeps {
  readonly db: Db;
  readonly instances: Instances;
  readonly records: ReturnType<typeof recording>;
  readonly ownDomain: string;
}

/** What a file would change, or changed. */
export interface ImportPlan {
  /** Domains about which nothing was decided. */
  readonly added: readonly string[];
  /** Domains that an earlier file decided about otherwise. */
  readonly changed: readonly string[];
  /** Domains about which just this stands already. */
  readonly same: number;
  /** Domains that somebody decided about by hand, or that a list sees to: they stay as they are. */
  readonly kept: readonly { readonly domain: string; readonly severity: Decision['severity'] }[];
  readonly problems: readonly BadLine[];
}

interface Planned extends ImportPlan {
  readonly writes: ReadonlyMap<string, Decision>;
}

export interface ImportInput {
  readonly text: string;
  /** For the staff, on each of the policies that the file makes. */
  readonly privateComment: string;
  /** Allow all that it names, whatever it says of them. */
  readonly allow?: boolean;
}

type Refusal = 'not-a-domain-list' | 'too-many-rows';

/** Lists of domains from a file: looked at first, then applied as one deed that can be taken back as one. */
export function importing({ db, instances, records, ownDomain }: ImportingDeps) {
  async function plan(conn: Db | Tx, list: DomainList, input: ImportInput): Promise<Planned> {
    const existing = await instances.decisionsOn(conn, [...list.decisions.keys()]);
    const writes = new Map<string, Decision>();
    const outcome = { added: [] as string[], changed: [] as string[], same: 0 };
    const kept: { domain: string; severity: Decision['severity'] }[] = [];
    for (const [domain, listed] of list.decisions) {
      const before = existing.get(domain);
      const after: Decision = {
        ...MILDEST,
        ...before,
        ...(input.allow ? { severity: 'allow' as const } : listed),
        origin: 'import',
        // What stood there before was brought by a file, too.
        privateComment: input.privateComment || (before?.privateComment ?? ''),
      };
      if (before !== undefined && before.origin !== 'import') {
        kept.push({ domain, severity: before.severity });
      } else if (before !== undefined && isSame(before, after)) outcome.same += 1;
      else {
        outcome[before === undefined ? 'added' : 'changed'].push(domain);
        writes.set(domain, after);
      }
    }
    return { ...outcome, kept, problems: list.problems, writes };
  }

  return {
    /** What a file would change, and whom that is about. */
    async preview(input: ImportInput): Promise<Result<{ plan: ImportPlan; effect: DomainEffect }, Refusal>> {
      const list = readDomainList(input.text, ownDomain);
      if (!list.ok) return list;
      const { writes, ...planned } = await plan(db, list, input);
      return ok({ plan: planned, effect: await effectOf(db, [...writes.keys()]) });
    },

    /** Decides what a file says, but for what was decided by hand. */
    async apply(
      tx: Tx,
      by: Actor,
      input: ImportInput & { readonly reason: string },
    ): Promise<Result<Recorded & { plan: ImportPlan }, Refusal | 'permission-missing' | 'nothing-to-do'>> {
      const allowed = permitted(by, 'domains');
      if (!allowed.ok) return allowed;
      const list = readDomainList(input.text, ownDomain);
      if (!list.ok) return list;
      await records.hold(tx);
      const { writes, ...planned } = await plan(tx, list, input);
      if (writes.size === 0) return fail('nothing-to-do', 'The file changes nothing.');
      const recorded = await records.record(
        tx,
        by,
        { action: 'domain.import', target: { kind: 'domain', id: 'several' }, reason: input.reason },
        [...writes.keys()],
        () => instances.writePolicies(tx, writes),
      );
      return ok({ ...recorded, plan: planned });
    },
  };
}
