import { createHash } from 'node:crypto';
import { ruleLimits } from '../../../config/rule-limits.ts';
import type { Tx } from '../../db/database.ts';
import type { Clock } from '../../lib/clock.ts';
import type { IdSource } from '../../lib/ids.ts';
import { excerpt, normal, type Pattern } from './engine.ts';
import { hostsOf, linksOf } from './links.ts';
import {
  type Hit,
  type Label,
  type Rule,
  type RuleAction,
  type RuleField,
  ruleFields,
  type Said,
} from './model.ts';

/** What a rule looks for, ready to look at texts. */
export interface Sought extends Pick<Rule, 'when' | 'scope'> {
  /** Null where it has neither words nor an expression. */
  readonly pattern: Pattern | null;
}

/** A rule that acts. */
export interface ReadyRule extends Sought {
  readonly rule: Rule;
}

/** What somebody says as rules read it. */
export interface Readable {
  readonly texts: ReadonlyMap<RuleField, string>;
  readonly links: number;
  readonly labels: readonly Label[];
}

export function readable({
  texts,
  html = '',
  labels = [],
}: Pick<Said, 'texts' | 'html' | 'labels'>): Readable {
  const links = linksOf(html);
  const all = { ...texts, 'link-host': hostsOf(links) };
  const named = ruleFields.flatMap((field) => {
    const text = normal(all[field] ?? '');
    return text === '' ? [] : [[field, text] as const];
  });
  return { texts: new Map(named), links: links.length, labels };
}

/** Where a rule finds what it looks for; `found` is empty where it looks for none. Null: it does not. */
export function findIn(
  { when, pattern }: Sought,
  { texts, links, labels }: Readable,
): Pick<Hit, 'field' | 'excerpt'> | null {
  if (when.links !== undefined && links <= when.links) return null;
  const label = labelOf(when, labels);
  if (when.labels && !label) return null;
  const fields = when.fields.length === 0 ? ruleFields : when.fields;
  if (!pattern) {
    if (label) return { field: null, excerpt: `${label.name} ${label.score}` };
    // By conditions alone: those fields have to be there at all.
    return fields.some((field) => texts.has(field)) ? { field: null, excerpt: '' } : null;
  }
  for (const field of fields) {
    const text = texts.get(field);
    const found = text === undefined ? null : pattern.find(text);
    if (text !== undefined && found) return { field, excerpt: excerpt(text, found) };
  }
  return null;
}

/** The label for which a rule acts, the surest first. */
function labelOf({ labels: wanted = [] }: Rule['when'], labels: readonly Label[]): Label | undefined {
  return labels.find(({ name, score }) => wanted.some((one) => one.name === name && score >= one.score));
}

/** Whether a rule is for people of this server (null) or of another. */
export function isFor({ scope }: Pick<Rule, 'scope'>, domain: string | null): boolean {
  return scope === 'everybody' || scope === (domain === null ? 'local' : 'federated');
}

interface ScreenDeps {
  readonly ids: IdSource;
  readonly clock: Clock;
}

/** What is known of whoever says something; asked for where a rule needs it, and once. */
interface Circumstances {
  readonly accountAgeDays: () => Promise<number>;
  readonly domainAgeDays: () => Promise<number>;
  readonly postedWithin: (minutes: number) => Promise<number>;
  readonly saidWithin: (hours: number) => Promise<number>;
}

/** The rules that act on what somebody says, in the order of what they do. */
export async function hitsOf(
  deps: ScreenDeps,
  tx: Tx,
  rules: readonly ReadyRule[],
  said: Said,
): Promise<Hit[]> {
  const isAboutLabels = said.kind === 'labels';
  const applying = rules.filter(
    (one) => isFor(one, said.domain) && (one.when.labels !== undefined) === isAboutLabels,
  );
  if (applying.length === 0) return [];
  const read = readable(said);
  const digest = await rememberText(deps, tx, applying, said, read);
  const around = circumstances(deps, tx, said, digest);
  const hits: Hit[] = [];
  for (const ready of applying) {
    const found = findIn(ready, read);
    if (found && (await areMet(ready.rule, said, around))) hits.push({ rule: ready.rule, ...found });
  }
  return hits;
}

async function areMet({ when }: Rule, { kind }: Said, around: Circumstances): Promise<boolean> {
  if (when.account_days !== undefined && (await around.accountAgeDays()) >= when.account_days) return false;
  if (when.domain_days !== undefined && (await around.domainAgeDays()) >= when.domain_days) return false;
  // A profile that is saved again is no flood.
  const { rate, duplicates } = when;
  if ((rate || duplicates) && kind !== 'post') return false;
  if (rate && (await around.postedWithin(rate.minutes)) <= rate.count) return false;
  return !duplicates || (await around.saidWithin(duplicates.hours)) > duplicates.count;
}

/** Notes a post where some rule asks how often; the one that is looked at counts, too. */
async function rememberText(
  { clock }: ScreenDeps,
  tx: Tx,
  rules: readonly ReadyRule[],
  { kind, accountId }: Said,
  { texts }: Readable,
): Promise<Buffer | null> {
  if (kind !== 'post' || accountId === null) return null;
  if (!rules.some(({ when }) => when.rate || when.duplicates)) return null;
  const text = (texts.get('caption') ?? texts.get('comment') ?? '').toLowerCase().replace(/\s+/g, ' ').trim();
  const digest = createHash('sha256').update(text).digest();
  await tx('recent_texts').insert({ digest, account_id: accountId, created_at: new Date(clock.now()) });
  return text === '' ? null : digest;
}

const DAY_MS = 86_400_000;

function circumstances(
  { clock }: ScreenDeps,
  tx: Tx,
  { accountId, domain }: Said,
  digest: Buffer | null,
): Circumstances {
  const days = (since: Date | undefined) => (since ? (clock.now() - since.getTime()) / DAY_MS : 0);
  const since = (ms: number) => new Date(clock.now() - ms);
  const countOf = async (where: object, from: Date) => {
    const row = await tx('recent_texts')
      .where(where)
      .where('created_at', '>', from)
      .count('* as count')
      .first();
    return Number(row?.count ?? 0);
  };
  return {
    accountAgeDays: async () =>
      days((await tx('accounts').where({ id: accountId }).first('created_at'))?.created_at),
    // People of this server come from no server that could be new.
    domainAgeDays: async () =>
      domain === null
        ? Number.POSITIVE_INFINITY
        : days((await tx('instances').where({ host: domain }).first('first_seen_at'))?.first_seen_at),
    postedWithin: (minutes) => countOf({ account_id: accountId }, since(minutes * 60_000)),
    saidWithin: async (hours) => (digest === null ? 0 : countOf({ digest }, since(hours * 3_600_000))),
  };
}

/** Whether one of the rules that act does this. */
export function does(hits: readonly Hit[], action: RuleAction): boolean {
  return hits.some(({ rule }) => rule.action === action);
}

/** What rules have found, and of what; the row of that is there, or none is where it was turned away. */
export async function logHits(
  { ids, clock }: ScreenDeps,
  tx: Tx,
  hits: readonly Hit[],
  target: { readonly kind: 'video' | 'comment' | 'account' | 'none'; readonly id: string | null },
  accountId: string | null,
): Promise<void> {
  if (hits.length === 0) return;
  await tx('rule_hits').insert(
    hits.map(({ rule, field, excerpt: text }) => ({
      id: ids.next<'rule-hit'>(),
      rule_id: rule.id,
      account_id: accountId,
      target_kind: target.kind,
      target_id: target.id,
      field,
      excerpt: text,
      action: rule.action,
      created_at: new Date(clock.now()),
    })),
  );
}

/** Forgets what no rule asks for any more. */
export async function sweepRules(tx: Tx, now: number): Promise<void> {
  const hoursAgo = new Date(now - ruleLimits.maxDuplicateHours * 3_600_000);
  await tx('recent_texts').where('created_at', '<', hoursAgo).delete();
  await tx('rule_hits')
    .where('created_at', '<', new Date(now - ruleLimits.keptHitsDays * DAY_MS))
    .delete();
}
