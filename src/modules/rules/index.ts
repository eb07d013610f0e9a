import type { Db, Tx } from '../../db/database.ts';
import { within } from '../../db/paging.ts';
import type { Clock } from '../../lib/clock.ts';
import type { AccountId, CommentId, Id, IdSource, VideoId } from '../../lib/ids.ts';
import type { Page } from '../../lib/paging.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import { type Actor, type Audit, permitted } from '../staff/index.ts';
import { addRule, changeRule, removeRule, rulesRestored, switchRule } from './commands.ts';
import { loadedRules, ready } from './load.ts';
import {
  type Hit,
  type Rule,
  type RuleId,
  type RuleInput,
  type RuleRow,
  type RuleWhen,
  ruleFromRow,
  type Said,
} from './model.ts';
import { does, hitsOf, isFor, logHits, sweepRules } from './screen.ts';
import { type Trial, tryRule } from './trial.ts';

export {
  type Label,
  labelNameSchema,
  type Rule,
  type RuleId,
  type RuleInput,
  ruleActions,
  ruleFields,
  ruleInputSchema,
  ruleScopes,
  ruleWhenSchema,
  type Said,
} from './model.ts';
export { profileTexts } from './trial.ts';

export type Rules = ReturnType<typeof createRules>;

/** What rules do about something that may be said. */
export interface Verdict {
  /** A moderator decides before it is seen. */
  readonly hold: boolean;
  readonly sensitive: boolean;
  readonly hits: readonly Hit[];
}

/** What was said, once its row is there. */
export type SaidTarget =
  | { readonly kind: 'video'; readonly id: VideoId; readonly accountId: AccountId }
  | { readonly kind: 'comment'; readonly id: CommentId; readonly accountId: AccountId }
  | { readonly kind: 'account'; readonly id: AccountId; readonly accountId: AccountId };

/** The part of the rules that posts and profiles pass through. */
export interface Screening {
  /**
   * Looks at what is about to be said. Refused: it must not be stored. What is returned goes to `settle` once
   * the row is there.
   */
  screen(tx: Tx, said: Said): Promise<Result<{ verdict: Verdict }, 'rule'>>;
  /** Does what the rules say about a row that is there now, in its transaction. */
  settle(tx: Tx, verdict: Verdict, target: SaidTarget): Promise<void>;
  /** A moderator decides about a post of which the classifier said nothing. */
  holdUnjudged(tx: Tx, target: SaidTarget, note: string): Promise<void>;
}

/** What the rules say of what somebody calls things that they put together; what they do is done to that person. */
export async function screenNamed(
  screening: Screening,
  tx: Tx,
  ownerId: AccountId,
  { title, description }: { readonly title: string; readonly description: string },
): Promise<Result<object, 'rule'>> {
  const said = { accountId: ownerId, domain: null, texts: { bio: `${title}\n${description}` } };
  const outcome = await screening.screen(tx, { ...said, kind: 'profile' });
  if (!outcome.ok) return outcome;
  await screening.settle(tx, outcome.verdict, { kind: 'account', id: ownerId, accountId: ownerId });
  return ok();
}

/** What rules do through other modules. */
interface Means {
  /** The staff is told, by the server itself. */
  report(tx: Tx, target: SaidTarget, comment: string): Promise<void>;
  /** Keeps a video out of lists of what is new, or an account where it is an account or comment that is limited. */
  limit(tx: Tx, target: SaidTarget, cause: { readonly ruleId: RuleId; readonly note: string }): Promise<void>;
  /** Puts what is held before the moderators; without a rule it is held because the classifier said nothing. */
  hold(
    tx: Tx,
    target: SaidTarget,
    cause: { readonly ruleId: RuleId | null; readonly note: string },
  ): Promise<void>;
}

interface RulesDeps extends Means {
  readonly db: Db;
  readonly ids: IdSource;
  readonly clock: Clock;
  readonly audit: Audit;
}

/** What a rule found. */
export interface RuleHit {
  readonly id: Id<'rule-hit'>;
  readonly createdAt: Date;
  readonly accountId: AccountId | null;
  readonly target: { readonly kind: SaidTarget['kind'] | 'none'; readonly id: string | null };
  readonly field: Hit['field'];
  readonly excerpt: string;
  readonly action: Rule['action'];
}

/** Rules of the staff about what may be said: they look at it before anybody else does. */
export function createRules(deps: RulesDeps) {
  const { db } = deps;
  const load = loadedRules();

  const screening: Screening = {
    async screen(tx, said) {
      const rules = await load(tx);
      const found = rules.length === 0 ? [] : await hitsOf(deps, tx, rules, said);
      const hits = said.kind === 'transcript' || said.isSeen ? found.map(told) : found;
      const refusing = hits.find(({ rule: { action } }) => action === 'reject' || isHeldBack(action, said));
      if (!refusing) {
        return ok({ verdict: { hits, hold: does(hits, 'hold'), sensitive: does(hits, 'sensitive') } });
      }
      await logHits(deps, tx, hits, { kind: 'none', id: null }, said.accountId);
      const { kind } = said;
      const isNew = kind === 'post' || kind === 'labels';
      return fail('rule', isNew ? REFUSED : `${REFUSED} Nothing was changed.`);
    },

    async settle(tx, { hits, hold }, target) {
      await logHits(deps, tx, hits, target, target.accountId);
      for (const { rule, excerpt } of hits) {
        const note = `Rule “${rule.name}”${excerpt === '' ? '' : `: ${excerpt}`}`;
        if (rule.action === 'report') await deps.report(tx, target, note);
        if (rule.action === 'limit') await deps.limit(tx, target, { ruleId: rule.id, note: excerpt });
      }
      const holding = hold && hits.find(({ rule: { action } }) => action === 'hold');
      if (holding) await deps.hold(tx, target, { ruleId: holding.rule.id, note: holding.excerpt });
    },

    holdUnjudged: (tx, target, note) => deps.hold(tx, target, { ruleId: null, note }),
  };

  async function counts(): Promise<Map<RuleId, { readonly hits: number; readonly lastHitAt: Date }>> {
    const rows = await db('rule_hits')
      .groupBy('rule_id')
      .select('rule_id', db.raw('count(*)::int as hits'), db.raw('max(created_at) as last'));
    return new Map(rows.map((row) => [row.rule_id, { hits: row.hits, lastHitAt: row.last }]));
  }

  return {
    ...screening,

    /** Whether what becomes of a new video of this server (null), or of another, depends on what a classifier says. */
    async needLabels(conn: Db | Tx, domain: string | null): Promise<boolean> {
      const rules = await load(conn);
      return rules.some(({ rule, when, scope }) => {
        return when.labels !== undefined && rule.action !== 'report' && isFor({ scope }, domain);
      });
    },

    add: (tx: Tx, by: Actor, input: RuleInput) => addRule(deps, tx, by, input),
    change: (tx: Tx, by: Actor, id: RuleId, input: RuleInput) => changeRule(deps, tx, by, id, input),
    switch: (tx: Tx, by: Actor, input: Parameters<typeof switchRule>[3]) => switchRule(deps, tx, by, input),
    restored: rulesRestored,
    remove: (tx: Tx, by: Actor, id: RuleId) => removeRule(deps, tx, by, id),
    sweep: (tx: Tx) => sweepRules(tx, deps.clock.now()),

    /** All rules, with what they found in the last days. */
    async list(): Promise<(Rule & { readonly hits: number; readonly lastHitAt: Date | null })[]> {
      const rows: RuleRow[] = await db('content_rules').orderBy('id');
      const found = await counts();
      return rows.map((row) => ({
        ...ruleFromRow(row),
        ...(found.get(row.id) ?? { hits: 0, lastHitAt: null }),
      }));
    },

    /** What a rule found, newest first; null where there is no such rule. */
    async hits(ruleId: RuleId, page: Page): Promise<RuleHit[] | null> {
      if (!(await db('content_rules').where({ id: ruleId }).first('id'))) return null;
      const rows = await db('rule_hits').where({ rule_id: ruleId }).modify(within(page, 'rule_hits.id'));
      return rows.map((row: RuleHitRow) => ({
        ...{ id: row.id, createdAt: row.created_at, accountId: row.account_id, action: row.action },
        ...{ target: { kind: row.target_kind, id: row.target_id }, field: row.field, excerpt: row.excerpt },
      }));
    },

    /** Tries a rule, which need not be one that is kept, on what is there; nothing is changed. */
    async test(
      by: Actor,
      asked: { readonly when: RuleWhen; readonly scope: Rule['scope'] },
    ): Promise<Result<{ trial: Trial }, 'permission-missing' | 'rule-invalid'>> {
      const allowed = permitted(by, 'rules');
      if (!allowed.ok) return allowed;
      const compiled = ready(asked.when);
      if (!compiled.ok) return compiled;
      return ok({
        trial: await tryRule(db, { when: asked.when, scope: asked.scope, pattern: compiled.pattern }),
      });
    },
  };
}

/** What is said in a video is known once others see it: what would have kept it back tells the staff. */
function told(hit: Hit): Hit {
  const { rule } = hit;
  return rule.action === 'reject' || rule.action === 'hold'
    ? { ...hit, rule: { ...rule, action: 'report' } }
    : hit;
}

const REFUSED = 'A rule of this server does not allow this. If you think that is wrong, write to its staff.';

/** What others saw before, or see anyway, cannot wait for a moderator: it stays as it was. */
function isHeldBack(action: Rule['action'], { kind }: Said): boolean {
  return action === 'hold' && kind !== 'post' && kind !== 'labels';
}

interface RuleHitRow {
  readonly id: Id<'rule-hit'>;
  readonly created_at: Date;
  readonly account_id: AccountId | null;
  readonly target_kind: RuleHit['target']['kind'];
  readonly target_id: string | null;
  readonly field: Hit['field'];
  readonly excerpt: string;
  readonly action: Rule['action'];
}
