import { domainBulkLimits } from '../../../config/domain-limits.ts';
import type { RemoteVideoMode } from '../../../config/env.ts';
import type { Db, Tx } from '../../db/database.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import {
  type DomainPolicy,
  type Instances,
  normaliseDomain,
  type PolicyChange,
  withParents,
} from '../instances/index.ts';
import { type Actor, permitted } from '../staff/index.ts';
import { changed } from './decision.ts';
import { type DomainEffect, effectOf } from './effect.ts';
import type { Recorded, recording } from './recording.ts';

interface DecidingDeps {
  readonly db: Db;
  readonly instances: Instances;
  readonly records: ReturnType<typeof recording>;
  readonly ownDomain: string;
}

type Refusal = 'permission-missing' | 'domain-invalid' | 'domain-own';

/** What the staff decides about one domain, or about several that it chose. */
export function deciding({ db, instances, records, ownDomain }: DecidingDeps) {
  /** The one spelling of a domain that the staff may decide about. */
  function named(by: Actor, domain: string): Result<{ name: string }, Refusal> {
    const allowed = permitted(by, 'domains');
    if (!allowed.ok) return allowed;
    const name = normaliseDomain(domain);
    if (name === null) return fail('domain-invalid', `"${domain}" is not the name of a server.`);
    if (withParents(ownDomain).includes(name)) {
      return fail('domain-own', `${name} is this server, or stands above it.`);
    }
    return ok({ name });
  }

  async function policyOf(tx: Tx, name: string): Promise<DomainPolicy> {
    const policy = await instances.policyOf(name, tx);
    if (policy === null) throw new Error('A policy that was just written is gone.');
    return policy;
  }

  return {
    named,

    /** Makes or changes the policy of a domain; what is not named stays as it is. It counts at once. */
    async set(
      tx: Tx,
      by: Actor,
      input: { readonly domain: string; readonly change: PolicyChange; readonly reason: string },
    ): Promise<Result<Recorded & { policy: DomainPolicy }, Refusal>> {
      const subject = named(by, input.domain);
      if (!subject.ok) return subject;
      const { name } = subject;
      const detail = { severity: input.change.severity };
      const recorded = await records.record(
        tx,
        by,
        { action: 'domain.set', target: { kind: 'domain', id: name }, reason: input.reason, detail },
        [name],
        () => instances.setPolicy(tx, name, input.change),
      );
      return ok({ ...recorded, policy: await policyOf(tx, name) });
    },

    /** Decides on the copying of a domain's videos alone. */
    async setMediaMode(
      tx: Tx,
      by: Actor,
      input: { readonly domain: string; readonly mode: RemoteVideoMode | null },
    ): Promise<Result<Recorded & { policy: DomainPolicy }, Refusal>> {
      const subject = named(by, input.domain);
      if (!subject.ok) return subject;
      const { name } = subject;
      const recorded = await records.record(
        tx,
        by,
        { action: 'domain.set', target: { kind: 'domain', id: name }, detail: { mediaMode: input.mode } },
        [name],
        () => instances.setMediaMode(tx, name, input.mode),
      );
      return ok({ ...recorded, policy: await policyOf(tx, name) });
    },

    /** Takes the policy of a domain away; what stands above it counts again. */
    async remove(
      tx: Tx,
      by: Actor,
      input: { readonly domain: string; readonly reason: string },
    ): Promise<Result<Recorded, 'permission-missing' | 'not-found'>> {
      const allowed = permitted(by, 'domains');
      if (!allowed.ok) return allowed;
      const name = normaliseDomain(input.domain);
      const recorded =
        name === null
          ? null
          : await records.record(
              tx,
              by,
              { action: 'domain.remove', target: { kind: 'domain', id: name }, reason: input.reason },
              [name],
              () => instances.removePolicy(tx, name),
            );
      if (recorded === null || recorded.changed === 0) {
        return fail('not-found', `Nothing was decided about ${input.domain}.`);
      }
      return ok(recorded);
    },

    /** One decision about several domains, as one deed. */
    async bulk(
      tx: Tx,
      by: Actor,
      input: { readonly domains: readonly string[]; readonly change: PolicyChange; readonly reason: string },
    ): Promise<Result<Recorded, Refusal | 'too-many-domains'>> {
      if (input.domains.length > domainBulkLimits.maxDomains) {
        return fail('too-many-domains', `At most ${domainBulkLimits.maxDomains} domains at once.`);
      }
      const names: string[] = [];
      for (const domain of input.domains) {
        const subject = named(by, domain);
        if (!subject.ok) return subject;
        names.push(subject.name);
      }
      const detail = { severity: input.change.severity };
      const recorded = await records.record(
        tx,
        by,
        { action: 'domain.bulk', target: { kind: 'domain', id: 'several' }, reason: input.reason, detail },
        names,
        async () => {
          const now = await instances.decisionsOn(tx, names);
          const after = names.map((name) => [name, changed(now.get(name), input.change)] as const);
          await instances.writePolicies(tx, new Map(after));
        },
      );
      return ok(recorded);
    },

    /** What a decision about these domains would be about. Names that are none count for nothing. */
    effect(domains: readonly string[]): Promise<DomainEffect> {
      return effectOf(
        db,
        domains.flatMap((domain) => normaliseDomain(domain) ?? []),
      );
    },
  };
}
