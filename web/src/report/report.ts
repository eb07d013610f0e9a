import type { Account, Report } from '../api/types.ts';

/** What a report may be about. */
export type Subject =
  | {
      readonly kind: 'clip' | 'comment' | 'pack' | 'playlist';
      readonly id: string;
      readonly account: Account;
    }
  | { readonly kind: 'account'; readonly account: Account };

export type Category = Report['category'];

/** What somebody has said so far. */
export interface ReportDraft {
  readonly subject: Subject;
  readonly category: Category | null;
  readonly ruleIds: readonly string[];
  readonly details: string;
  readonly forward: boolean;
}

/** What the server takes. */
export interface ReportBody {
  readonly account_id: string;
  readonly status_ids: readonly string[];
  readonly pack_ids: readonly string[];
  readonly playlist_ids: readonly string[];
  readonly category: Category;
  readonly rule_ids: readonly string[];
  readonly comment: string;
  readonly forward: boolean;
}

export type StepName = 'what' | 'why' | 'more';

/** The steps to go: where there is one thing only that can be meant, nobody is asked what it is. */
export function stepsFor(subjects: readonly Subject[]): readonly StepName[] {
  return subjects.length > 1 ? ['what', 'why', 'more'] : ['why', 'more'];
}

/** What is missing before the next step, as a key of the words; null where nothing is. */
export function missingIn(
  step: StepName,
  draft: ReportDraft,
): 'whyMissing' | 'ruleMissing' | 'detailsNeeded' | null {
  if (step === 'why' && draft.category === null) return 'whyMissing';
  if (step === 'why' && draft.category === 'violation' && draft.ruleIds.length === 0) return 'ruleMissing';
  if (step === 'more' && draft.category === 'other' && draft.details.trim() === '') return 'detailsNeeded';
  return null;
}

/** Rules are sent where one is broken, and to another server only what concerns one of its accounts. */
export function bodyOf({ subject, category, ruleIds, details, forward }: ReportDraft): ReportBody {
  return {
    account_id: subject.account.id,
    status_ids: subject.kind === 'clip' || subject.kind === 'comment' ? [subject.id] : [],
    pack_ids: subject.kind === 'pack' ? [subject.id] : [],
    playlist_ids: subject.kind === 'playlist' ? [subject.id] : [],
    category: category ?? 'other',
    rule_ids: category === 'violation' ? ruleIds : [],
    comment: details.trim(),
    forward: forward && subject.account.host !== null,
  };
}
