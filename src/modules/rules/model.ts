import { z } from 'zod';
import { classifierLimits } from '../../../config/classifier-limits.ts';
import { ruleLimits } from '../../../config/rule-limits.ts';
import type { AccountId, Id } from '../../lib/ids.ts';

export type RuleId = Id<'rule'>;

/** Texts that a rule can look at. `link-host`: the names of all servers that links of the other texts lead to. */
export const ruleFields = ['caption', 'comment', 'name', 'bio', 'link-host', 'transcript'] as const;
export type RuleField = (typeof ruleFields)[number];

/** What a rule does, the strictest first. `limit`: a video is kept out of lists for all, an account is silenced. */
export const ruleActions = ['reject', 'hold', 'limit', 'sensitive', 'report'] as const;
export type RuleAction = (typeof ruleActions)[number];

/** Whom a rule is for. */
export const ruleScopes = ['everybody', 'local', 'federated'] as const;
export type RuleScope = (typeof ruleScopes)[number];

/** What a classifier says that a video shows, and how sure it is: 0 to 1. */
export interface Label {
  readonly name: string;
  readonly score: number;
}

export const labelNameSchema = z
  .string()
  .max(classifierLimits.maxLabelCharacters)
  .regex(/^[a-z0-9][a-z0-9._-]*$/);

const count = (max: number) => z.number().int().min(1).max(max);

/** When a rule acts: where everything that it names is so. */
export const ruleWhenSchema = z
  .strictObject({
    words: z
      .array(z.string().trim().min(1).max(ruleLimits.maxWordCharacters))
      .min(1)
      .max(ruleLimits.maxWords)
      .optional()
      .describe('One of these stands in one of the fields. A star at either end stands for any letters.'),
    regex: z
      .string()
      .min(1)
      .max(ruleLimits.maxRegexCharacters)
      .optional()
      .describe('Found in one of the fields: the syntax of RE2, without regard to case'),
    fields: z.array(z.enum(ruleFields)).max(ruleFields.length).default([]).describe('Empty: all'),
    account_days: count(365).optional().describe('The account is younger than so many days'),
    domain_days: count(365).optional().describe('Its server became known less than so many days ago'),
    links: z.number().int().min(0).max(100).optional().describe('There are more links than this'),
    duplicates: z
      .strictObject({ count: count(1_000), hours: count(ruleLimits.maxDuplicateHours) })
      .optional()
      .describe('The same text was posted so often within so many hours, by anybody'),
    rate: z
      .strictObject({ count: count(10_000), minutes: count(1_440) })
      .optional()
      .describe('The account posted so much within so many minutes'),
    labels: z
      .array(z.strictObject({ name: labelNameSchema, score: z.number().min(0).max(1) }))
      .min(1)
      .max(ruleLimits.maxLabels)
      .optional()
      .describe('The classifier gives a video one of these labels, and is at least so sure'),
  })
  .refine(({ labels, duplicates, rate }) => labels === undefined || !(duplicates || rate), {
    message: 'What a video shows is known after it was posted: a rule about labels cannot ask how often.',
  })
  .refine(
    ({ fields: _fields, ...conditions }) => Object.values(conditions).some((one) => one !== undefined),
    {
      message: 'Say when the rule acts: words, an expression or another condition.',
    },
  );

export type RuleWhen = z.output<typeof ruleWhenSchema>;

export const ruleInputSchema = z.strictObject({
  name: z.string().trim().min(1).max(ruleLimits.maxNameCharacters),
  when: ruleWhenSchema,
  action: z.enum(ruleActions),
  scope: z.enum(ruleScopes).default('everybody'),
  enabled: z.boolean().default(true),
});

export type RuleInput = z.output<typeof ruleInputSchema>;

export interface Rule extends RuleInput {
  readonly id: RuleId;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface RuleRow {
  readonly id: RuleId;
  readonly name: string;
  readonly when: unknown;
  readonly action: RuleAction;
  readonly scope: RuleScope;
  readonly enabled: boolean;
  readonly created_at: Date;
  readonly updated_at: Date;
}

export function ruleFromRow(row: RuleRow): Rule {
  const { id, name, action, scope, enabled } = row;
  return {
    ...{ id, name, action, scope, enabled },
    when: ruleWhenSchema.parse(row.when),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

/** What somebody says, before it is there for others. */
export interface Said {
  /** Null: somebody who is only about to get an account. */
  readonly accountId: AccountId | null;
  /** Null: of this server. */
  readonly domain: string | null;
  readonly texts: Readonly<Partial<Record<Exclude<RuleField, 'link-host'>, string>>>;
  /** Cleaned HTML of the same, of which the links are read. */
  readonly html?: string;
  /**
   * What it is that is said. Only a `post` or `edit` is a text that may be a duplicate of another. `labels`: a classifier
   * says what a video shows; only rules about that look at it.
   */
  readonly kind: 'post' | 'edit' | 'profile' | 'transcript' | 'labels';
  readonly labels?: readonly Label[];
  /** Others see it already: nothing can be held back any more, so that the staff is told instead. */
  readonly isSeen?: boolean;
}

/** One rule that has something to say. */
export interface Hit {
  readonly rule: Rule;
  /** Null where it acts by conditions alone. */
  readonly field: RuleField | null;
  readonly excerpt: string;
}
