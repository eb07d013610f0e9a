import { ruleLimits } from '../../../config/rule-limits.ts';
import type { Tx } from '../../db/database.ts';
import type { IdSource } from '../../lib/ids.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import { type Actor, type Audit, permitted } from '../staff/index.ts';
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
  const [row] = await tx('content_rules')
    .insert({ id: ids.next<'rule'>(), ...columns(input) })
    .returning<RuleRow[]>('*');
  if (!row) throw new Error('A rule could not be stored.');
  await changed(tx);
  await audit.record(tx, by, {
    action: 'rule.add',
    target: { kind: 'rule', id: row.id },
    detail: { action: input.action, scope: input.scope },
  });
  return ok({ rule: ruleFromRow(row) });
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
  const [row] = await tx('content_rules')
    .where({ id })
    .update({ ...columns(input), updated_at: tx.fn.now() })
    .returning<RuleRow[]>('*');
  if (!row) throw new Error('A locked rule is gone.');
  await changed(tx);
  await audit.record(tx, by, {
    action: 'rule.change',
    target: { kind: 'rule', id },
    detail: { before: { action: before.action, scope: before.scope, enabled: before.enabled } },
  });
  return ok({ rule: ruleFromRow(row) });
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
  const [row] = await tx('content_rules')
    .where({ id })
    .update({ enabled, updated_at: tx.fn.now() })
    .returning<RuleRow[]>('*');
  if (!row) return unknownRule();
  await changed(tx);
  const action = enabled ? 'rule.enable' : 'rule.disable';
  await audit.record(tx, by, { action, target: { kind: 'rule', id }, reason });
  return ok({ rule: ruleFromRow(row) });
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
  const [row] = await tx('content_rules').where({ id }).delete().returning<RuleRow[]>('*');
  if (!row) return unknownRule();
  await changed(tx);
  const { when, action, scope } = row;
  await audit.record(tx, by, {
    action: 'rule.remove',
    target: { kind: 'rule', id },
    detail: { when, action, scope },
  });
  return ok();
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
