import { z } from 'zod';
import { domainBulkLimits } from '../../../../../config/domain-limits.ts';
import { policyLimits } from '../../../../../config/limits.ts';
import type { DomainEffect } from '../../../../modules/domains/index.ts';
import { type DomainPolicy, severities } from '../../../../modules/instances/index.ts';

/** What the routes about other servers have in common. */

export const readDomains = {
  audience: 'staff',
  permission: 'domains',
  scope: 'admin:read:domain_blocks',
} as const;
export const writeDomains = {
  audience: 'staff',
  permission: 'domains',
  scope: 'admin:write:domain_blocks',
} as const;

export const domainSchema = z.string().trim().min(1).max(policyLimits.maxDomainCharacters);
export const domainsSchema = z.array(domainSchema).min(1).max(domainBulkLimits.maxDomains);
export const commentSchema = z.string().max(policyLimits.maxCommentCharacters);
export const reasonSchema = commentSchema.default('');
export const severitySchema = z.enum(severities);

export const effectEntity = z
  .object({
    accounts: z.number(),
    videos: z.number(),
    follows_out: z.number().describe('Follows of people here of accounts there'),
    local_followers: z.number().describe('How many people here that are'),
    follows_in: z.number(),
    open_deliveries: z.number(),
    media_bytes: z.number(),
  })
  .meta({ id: 'DomainEffect' });

export function effectEntityOf(effect: DomainEffect): z.input<typeof effectEntity> {
  return {
    ...{ accounts: effect.accounts, videos: effect.videos, follows_out: effect.followsOut },
    ...{ local_followers: effect.localFollowers, follows_in: effect.followsIn },
    ...{ open_deliveries: effect.openDeliveries, media_bytes: effect.mediaBytes },
  };
}

export const policyEntity = z
  .object({
    domain: z.string(),
    severity: severitySchema,
    reject_media: z.boolean(),
    reject_reports: z.boolean(),
    public_comment: z.string(),
    private_comment: z.string(),
    obfuscate: z.boolean(),
    expires_at: z.string().nullable(),
    created_at: z.string(),
    origin: z.enum(['hand', 'import', 'subscription']),
    subscription_id: z.string().nullable(),
  })
  .meta({ id: 'DomainPolicy' });

export function policyEntityOf(policy: DomainPolicy): z.input<typeof policyEntity> {
  return {
    ...{ domain: policy.domain, severity: policy.severity, origin: policy.origin },
    ...{ reject_media: policy.rejectMedia, reject_reports: policy.rejectReports },
    ...{ public_comment: policy.publicComment, private_comment: policy.privateComment },
    ...{ obfuscate: policy.obfuscate, subscription_id: policy.subscriptionId },
    expires_at: policy.expiresAt?.toISOString() ?? null,
    created_at: policy.createdAt.toISOString(),
  };
}

/** A deed that can be taken back by its number. */
export const deedEntity = z
  .object({
    id: z.string().nullable().describe('Of its entry in the audit log; null where nothing changed'),
    changed: z.number(),
  })
  .meta({ id: 'DomainDeed' });

export const whenNullable = (date: Date | null) => date?.toISOString() ?? null;
