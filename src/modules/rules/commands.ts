import { ruleLimits } from '../../../config/rule-limits.ts';
import type { Tx } from '../../db/database.ts';
import type { IdSource } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import { type Actor, type Audit, type Deed, permitted } from '../staff/index.ts';
import { ready } from './load.ts';
import { type Rule, type RuleId, type RuleInput, type RuleRow, ruleFromRow } from './model.ts';

export interface RuleCommandDeps {
  readonly ids: IdSource;
  readonly audit: Audit;
}

type RuleRefusal = 'permission-missing' | 'rule-invalid' | 'not-found' | 'too-many-rules';

const columns = ({ name, when, action, scope, enabled }: RuleInput) => ({
  ...{ name, action, scope, enabled },
  when: JSON.stringify(when),
});

/** All processes read the rules anew with their next post. */
async function changed(tx: Tx): Promise<void> {
  await tx('rules_version').increment('version', 1);
}

/** Adds a rule; it acts on what is posted from now on. */
export async function addRule(
  { ids, audit }: RuleCommandDeps,
  tx: Tx,
  by: Actor,
  input: RuleInput,
): Promise<Result<{ rule: Rule }, RuleRefusal>> {
  const refusal = refusalOf(by, input);
  if (refusal) return refusal;
  const count = await tx('content_rules').count('* as count').first();
  if (Number(count?.count) >= ruleLimits.maxRules) {
    return fail('too-many-rules', `There can be at most ${ruleLimits.maxRules} rules.`);
  }
  const id = ids.next<'rule'>();
  const detail = { action: input.action, scope: input.scope };
  await recorded(audit, tx, by, { action: 'rule.add', id, detail }, () =>
    tx('content_rules').insert({ id, ...columns(input) }),
  );
  return ruleNow(tx, id);
}

/** Says a rule anew, as a whole. */
export async function changeRule(
  { audit }: RuleCommandDeps,
  tx: Tx,
  by: Actor,
  id: RuleId,
  input: RuleInput,
): Promise<Result<{ rule: Rule }, RuleRefusal>> {
  const refusal = refusalOf(by, input);
  if (refusal) return refusal;
  const before: RuleRow | undefined = await tx('content_rules').where({ id }).forUpdate().first();
  if (!before) return unknownRule();
  const detail = { before: { action: before.action, scope: before.scope, enabled: before.enabled } };
  await recorded(audit, tx, by, { action: 'rule.change', id, detail }, () =>
    tx('content_rules')
      .where({ id })
      .update({ ...columns(input), updated_at: tx.fn.now() }),
  );
  return ruleNow(tx, id);
}

/** Lets a rule act, or stops it; each takes the other back. */
export async function switchRule(
  { audit }: RuleCommandDeps,
  tx: Tx,
  by: Actor,
  { id, enabled, reason = '' }: { readonly id: RuleId; readonly enabled: boolean; readonly reason?: string },
): Promise<Result<{ rule: Rule }, RuleRefusal>> {
  const allowed = permitted(by, 'rules');
  if (!allowed.ok) return allowed;
  const action = enabled ? 'rule.enable' : 'rule.disable';
  await recorded(audit, tx, by, { action, id, reason }, () =>
    tx('content_rules').where({ id }).update({ enabled, updated_at: tx.fn.now() }),
  );
  return ruleNow(tx, id);
}

/** Removes a rule with its log. What it did stays done. */
export async function removeRule(
  { audit }: RuleCommandDeps,
  tx: Tx,
  by: Actor,
  id: RuleId,
): Promise<Result<object, RuleRefusal>> {
  const allowed = permitted(by, 'rules');
  if (!allowed.ok) return allowed;
  const row: RuleRow | undefined = await tx('content_rules').where({ id }).forUpdate().first();
  if (!row) return unknownRule();
  const detail = { action: row.action, scope: row.scope };
  await recorded(audit, tx, by, { action: 'rule.remove', id, detail }, () =>
    tx('content_rules').where({ id }).delete(),
  );
  return ok();
}

/** What was put back counts as what was written. */
export const rulesRestored = (tx: Tx): Promise<void> => changed(tx);

async function recorded(
  audit: Audit,
  tx: Tx,
  by: Actor,
  { id, ...deed }: Omit<Deed, 'target'> & { readonly id: RuleId },
  write: () => PromiseLike<unknown>,
): Promise<void> {
  const auditId = await audit.recordRows(
    tx,
    by,
    { ...deed, target: { kind: 'rule', id } },
    { watch: { table: 'content_rules', where: (query) => query.where({ id }) }, write },
  );
  if (auditId !== null) await changed(tx);
}

async function ruleNow(tx: Tx, id: RuleId): Promise<Result<{ rule: Rule }, 'not-found'>> {
  const row: RuleRow | undefined = await tx('content_rules').where({ id }).first();
  return row ? ok({ rule: ruleFromRow(row) }) : unknownRule();
}

function refusalOf(by: Actor, input: RuleInput) {
  const allowed = permitted(by, 'rules');
  if (!allowed.ok) return allowed;
  const compiled = ready(input.when);
  return compiled.ok ? null : compiled;
}

function unknownRule() {
  return fail('not-found', 'There is no such rule.');
}
