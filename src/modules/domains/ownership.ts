import { z } from 'zod';
import type { Tx } from '../../db/database.ts';
import { type Decision, type Instances, withParents } from '../instances/index.ts';
import { type ListedDecision, listedDecision, MILDEST } from './decision.ts';

interface Owning {
  readonly instances: Pick<Instances, 'decisionsOn' | 'writePolicies'>;
}

/** How the audit log names a list. */
export function nameOf(id: string): string {
  return `subscription:${id}`;
}

/** What a list says of a domain, as the policy that it sets. What only people decide stays as it was. */
export function decisionOf(id: string, listed: ListedDecision, before?: Decision): Decision {
  const { mediaMode, privateComment } = before ?? MILDEST;
  return { ...MILDEST, mediaMode, privateComment, ...listed, origin: 'subscription', subscriptionId: id };
}

/** What becomes of policies that their list does not name any more: another list has its say, or they go, or nobody's they are. */
export async function afterRetraction(
  { instances }: Owning,
  tx: Tx,
  id: string,
  domains: readonly string[],
  then: 'remove' | 'orphan',
): Promise<Map<string, Decision | null>> {
  const existing = await instances.decisionsOn(tx, domains);
  const isExcluded = await excludes(tx);
  const others = await tx('domain_subscription_entries as entries')
    .join('domain_subscriptions', 'domain_subscriptions.id', 'entries.subscription_id')
    .whereRaw('entries.domain = any(?)', [[...domains]])
    .whereNot('domain_subscriptions.id', id)
    .where('domain_subscriptions.drafts', false)
    .orderBy([{ column: 'priority', order: 'desc' }, 'domain_subscriptions.id'])
    .select('entries.domain', 'entries.subscription_id as by', 'entries.decision');
  const next = new Map<string, Decision>();
  for (const entry of entryRows.parse(others)) {
    if (!next.has(entry.domain) && !isExcluded(entry.domain)) {
      next.set(entry.domain, decisionOf(entry.by, entry.decision));
    }
  }
  return new Map(
    domains.map((domain) => {
      const before = existing.get(domain);
      const orphan = then === 'orphan' && before ? { ...before, subscriptionId: null } : null;
      return [domain, next.get(domain) ?? orphan];
    }),
  );
}

const entryRows = z.array(z.object({ domain: z.string(), by: z.string(), decision: listedDecision }));

/** All policies of a list, to be taken back in one deed. */
export async function retractAll(
  deps: Owning,
  tx: Tx,
  id: string,
  then: 'remove' | 'orphan',
): Promise<{ domains: string[]; write: () => Promise<void> }> {
  const domains: string[] = await tx('domain_policies').where({ subscription_id: id }).pluck('domain');
  const changes = await afterRetraction(deps, tx, id, domains, then);
  return { domains, write: () => deps.instances.writePolicies(tx, changes) };
}

/** Whether no list may decide about a domain. */
export async function excludes(tx: Tx): Promise<(domain: string) => boolean> {
  const excluded = new Set<string>(await tx('domain_excludes').pluck('domain'));
  return (domain) => withParents(domain).some((one) => excluded.has(one));
}
