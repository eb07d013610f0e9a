import type { Db, Tx } from '../../db/database.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import { type Pattern, regexPattern, wordsPattern } from './engine.ts';
import { type RuleRow, type RuleWhen, ruleActions, ruleFromRow } from './model.ts';
import type { ReadyRule } from './screen.ts';

/** Compiles what a rule looks for; null where it looks for nothing in texts. */
export function ready({ words, regex }: RuleWhen): Result<{ pattern: Pattern | null }, 'rule-invalid'> {
  if (words && regex !== undefined) {
    return fail('rule-invalid', 'A rule looks for words or for an expression. Make two rules.');
  }
  if (words) return wordsPattern(words);
  return regex === undefined ? ok({ pattern: null }) : regexPattern(regex);
}

/**
 * Gives the rules that act, the strictest first, compiled. Each call asks for one number, the version; only where it has risen
 * are the rules read again.
 */
export function loadedRules() {
  let known: { readonly version: string; readonly rules: readonly ReadyRule[] } | undefined;
  return async (db: Db | Tx): Promise<readonly ReadyRule[]> => {
    const row: { version: string } | undefined = await db('rules_version').first('version');
    const version = row?.version ?? '';
    if (known?.version === version) return known.rules;
    const rows: RuleRow[] = await db('content_rules').where({ enabled: true }).orderBy('id');
    const rules = rows.flatMap((one) => {
      const rule = ruleFromRow(one);
      const compiled = ready(rule.when);
      return compiled.ok ? [{ rule, when: rule.when, scope: rule.scope, pattern: compiled.pattern }] : [];
    });
    rules.sort((a, b) => ruleActions.indexOf(a.rule.action) - ruleActions.indexOf(b.rule.action));
    known = { version, rules };
    return rules;
  };
}
