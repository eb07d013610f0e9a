import { z } from 'zod';
import type { Account } from '../../../modules/accounts/index.ts';
import { claimStates, counterableUntil, type ToldClaim } from '../../../modules/claims/index.ts';
import { type Appeal, appealableUntil, counts, type Measure } from '../../../modules/moderation/index.ts';
import type { HttpDeps } from '../../deps.ts';
import { accountEntitiesOf } from '../accounts/entities.ts';
import { counterEntity, counterEntityOf } from '../claims/counter-entity.ts';
import { rulesOf } from '../instance/get-instance.ts';
import { accountEntity } from '../schemas.ts';

/** How the Mastodon API calls what we call otherwise; all else has our name for it. */
const ACTION_NAMES: Readonly<Record<string, string>> = { warn: 'none', freeze: 'disable' };
export const actionOf = (measure: string): string => ACTION_NAMES[measure] ?? measure.replaceAll('-', '_');

const appealEntity = z
  .object({
    id: z.string(),
    text: z.string(),
    state: z.enum(['pending', 'approved', 'rejected']),
    answer: z.string(),
    created_at: z.string(),
  })
  .meta({ id: 'Appeal' });

const toldClaimEntity = z
  .object({
    id: z.string(),
    name: z.string().describe('Who claims'),
    organisation: z.string(),
    work: z.string(),
    originals: z.array(z.string()),
    state: z.enum(claimStates),
    counter_until: z
      .string()
      .nullable()
      .describe('Until then a counter-notice can be sent; null: not, or no more'),
    counter_notice: counterEntity.nullable(),
  })
  .meta({ id: 'StrikeClaim' });

/** What somebody is told of a measure: the statement of reasons. */
export const strikeEntity = z
  .object({
    id: z.string(),
    number: z.number().describe('Among those of the account'),
    action: z
      .string()
      .describe(
        'As the Mastodon API names it: `none`, `disable`, `sensitive`, `silence`, `suspend`; or of ours',
      ),
    target: z.object({ kind: z.enum(['account', 'video', 'comment']), id: z.string() }),
    text: z.string().describe('What led to it'),
    rules: z.array(z.object({ id: z.string(), text: z.string() })),
    automated: z.boolean().describe('No person decided it'),
    created_at: z.string(),
    expires_at: z.string().nullable().describe('When it stops to count'),
    counts: z.boolean(),
    lifted_at: z.string().nullable().describe('When it was taken back'),
    final_at: z.string().nullable().describe('When what it hides is removed for good'),
    appeal_until: z
      .string()
      .nullable()
      .describe('Until then it can be appealed against; null: not, or no more'),
    appeal: appealEntity.nullable(),
    claim: toldClaimEntity.nullable().describe('The copyright claim for which it was removed'),
  })
  .meta({ id: 'Strike' });

/** The same as the staff sees it. */
export const measureEntity = z
  .object({
    id: z.string(),
    action: z.string(),
    target: z.object({ kind: z.enum(['account', 'video', 'comment']), id: z.string() }),
    account: accountEntity.nullable().describe('Whom it is about'),
    text: z.string(),
    rule_ids: z.array(z.string()),
    report_ids: z.array(z.string()),
    automated: z.boolean(),
    by: accountEntity.nullable(),
    number: z.number().nullable().describe('Of the strike; null where nobody was told'),
    created_at: z.string(),
    expires_at: z.string().nullable(),
    lifted_at: z.string().nullable(),
    final_at: z.string().nullable(),
    purged_at: z.string().nullable(),
    audit_id: z.string().nullable().describe('Of the entry of the log, by which it is taken back'),
  })
  .meta({ id: 'Measure' });

const at = (date: Date | null): string | null => date?.toISOString() ?? null;

const APPEAL_STATES = { open: 'pending', accepted: 'approved', rejected: 'rejected' } as const;

export function appealEntityOf({ id, text, state, answer, createdAt }: Appeal): z.input<typeof appealEntity> {
  return { id, text, state: APPEAL_STATES[state], answer, created_at: createdAt.toISOString() };
}

/** Strikes as the person sees them. */
export async function strikeEntitiesOf(
  deps: HttpDeps,
  measures: readonly Measure[],
): Promise<z.input<typeof strikeEntity>[]> {
  const ids = measures.map(({ id }) => id);
  const [appeals, claims] = await Promise.all([deps.measures.appealsAmong(ids), deps.claims.toldAmong(ids)]);
  const now = deps.clock.now();
  const rules = new Map(rulesOf(deps).map((rule) => [rule.id, rule.text]));
  return measures.map((measure) => {
    const appeal = appeals.get(measure.id);
    const until = appealableUntil(measure.createdAt);
    const isOpen = !appeal && measure.liftedAt === null && measure.purgedAt === null && until.getTime() > now;
    return {
      id: measure.id,
      number: measure.strike ?? 0,
      action: actionOf(measure.measure),
      target: measure.target,
      text: measure.facts,
      rules: measure.ruleIds.flatMap((id) => {
        const text = rules.get(id);
        return text === undefined ? [] : [{ id, text }];
      }),
      automated: measure.automated,
      created_at: measure.createdAt.toISOString(),
      expires_at: at(measure.expiresAt),
      counts: counts(measure, now),
      lifted_at: at(measure.liftedAt),
      final_at: at(measure.purgeAt),
      appeal_until: isOpen ? until.toISOString() : null,
      appeal: appeal ? appealEntityOf(appeal) : null,
      claim: toldClaimOf(claims.get(measure.id), now),
    };
  });
}

function toldClaimOf(told: ToldClaim | undefined, now: number): z.input<typeof toldClaimEntity> | null {
  if (!told) return null;
  const { claim, video, counter } = told;
  const isOpen = claim.state === 'upheld' && video.restoredAt === null && counter === null;
  const until = isOpen && video.removedAt !== null ? counterableUntil(video.removedAt) : null;
  const { name, organisation } = claim.claimant;
  return {
    ...{ id: claim.id, name, organisation, work: claim.work, state: claim.state },
    originals: [...claim.originals],
    counter_until: until !== null && until.getTime() > now ? until.toISOString() : null,
    counter_notice: counter ? counterEntityOf(counter) : null,
  };
}

/** Measures as the staff sees them. */
export async function measureEntitiesOf(
  deps: HttpDeps,
  measures: readonly Measure[],
): Promise<z.input<typeof measureEntity>[]> {
  const named = measures.flatMap(({ accountId, byId }) => (byId === null ? [accountId] : [accountId, byId]));
  const known = await deps.accounts.byIds([...new Set(named)]);
  const people: Account[] = [...known.values()];
  const written = await accountEntitiesOf(deps, people);
  const byId = new Map(people.map(({ id }, place) => [id, written[place] ?? null]));
  return measures.map((measure) => ({
    id: measure.id,
    action: actionOf(measure.measure),
    target: measure.target,
    account: byId.get(measure.accountId) ?? null,
    text: measure.facts,
    rule_ids: [...measure.ruleIds],
    report_ids: [...measure.reportIds],
    automated: measure.automated,
    by: measure.byId === null ? null : (byId.get(measure.byId) ?? null),
    number: measure.strike,
    created_at: measure.createdAt.toISOString(),
    expires_at: at(measure.expiresAt),
    lifted_at: at(measure.liftedAt),
    final_at: at(measure.purgeAt),
    purged_at: at(measure.purgedAt),
    audit_id: measure.auditId,
  }));
}
