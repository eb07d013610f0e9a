import type { ContentRule } from '../../api/schema.gen.ts';
import type { RuleInput } from './calls.ts';
import { say } from './say.ts';

type Field = ContentRule['when']['fields'][number];

export const actions = ['reject', 'hold', 'limit', 'sensitive', 'report'] as const;
export const scopes = ['everybody', 'local', 'federated'] as const;
export const fields: readonly Field[] = ['caption', 'comment', 'name', 'bio', 'link-host', 'transcript'];
/** Conditions that are numbers; '' where there is none. */
export const numbers = [
  ...(['accountDays', 'domainDays', 'links'] as const),
  ...(['duplicateCount', 'duplicateHours', 'rateCount', 'rateMinutes'] as const),
];

/** A rule as it is being written. */
export type Draft = Pick<RuleInput, 'name' | 'action' | 'scope' | 'enabled'> & {
  /** One on each line. */
  readonly words: string;
  readonly regex: string;
  /** A name and a number on each line. */
  readonly labels: string;
  readonly fields: readonly Field[];
} & Readonly<Record<(typeof numbers)[number], string>>;

export function draftOf(rule: ContentRule | null): Draft {
  const when = rule?.when;
  const text = (value: number | undefined) => (value === undefined ? '' : String(value));
  return {
    name: rule?.name ?? '',
    action: rule?.action ?? 'hold',
    scope: rule?.scope ?? 'everybody',
    enabled: rule?.enabled ?? true,
    words: (when?.words ?? []).join('\n'),
    regex: when?.regex ?? '',
    labels: (when?.labels ?? []).map(({ name, score }) => `${name} ${score}`).join('\n'),
    fields: when?.fields ?? [],
    accountDays: text(when?.account_days),
    domainDays: text(when?.domain_days),
    links: text(when?.links),
    duplicateCount: text(when?.duplicates?.count),
    duplicateHours: text(when?.duplicates?.hours),
    rateCount: text(when?.rate?.count),
    rateMinutes: text(when?.rate?.minutes),
  };
}

/** A draft as the API takes it: what is empty is no condition. */
export function inputOf(draft: Draft): RuleInput {
  const words = linesOf(draft.words);
  const labels = linesOf(draft.labels).map((line) => {
    const [name = '', score = ''] = line.toLowerCase().split(/[\s=>]+/);
    // What is no number the server refuses with a sentence.
    return { name, score: Number.parseFloat(score.replace(',', '.')) };
  });
  const { duplicateCount, duplicateHours, rateCount, rateMinutes } = draft;
  const when = {
    fields: draft.fields,
    ...(words.length > 0 && { words }),
    ...(draft.regex !== '' && { regex: draft.regex }),
    ...(labels.length > 0 && { labels }),
    ...(draft.accountDays !== '' && { account_days: Number(draft.accountDays) }),
    ...(draft.domainDays !== '' && { domain_days: Number(draft.domainDays) }),
    ...(draft.links !== '' && { links: Number(draft.links) }),
    ...(duplicateCount !== '' && {
      duplicates: { count: Number(duplicateCount), hours: Number(duplicateHours || '24') },
    }),
    ...(rateCount !== '' && { rate: { count: Number(rateCount), minutes: Number(rateMinutes || '10') } }),
  };
  const { name, action, scope, enabled } = draft;
  return { ...{ name, action, scope, enabled }, when };
}

function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

export function nameOfField(field: Field): string {
  if (field === 'name') return say('nameField');
  return field === 'link-host' ? say('linkHost') : say(field);
}
