import type { Request } from 'express';
import type { Scope } from '../../../modules/auth/index.ts';
import { ApiError, type Reason } from '../../errors.ts';
import { isLanguage, type Language, languageOf } from '../../languages.ts';
import { queryOf } from '../../query.ts';
import { ar } from './ar.ts';
import { de } from './de.ts';
import { en } from './en.ts';
import { es } from './es.ts';
import { fr } from './fr.ts';
import { ja } from './ja.ts';
import type { Problem, SingleScope, Words } from './words.ts';

/** What the pages of OAuth say. A language that lacks a sentence does not compile. */
export const table: Readonly<Record<Language, Words>> = { en, de, fr, es, ja, ar };

/** That which the app names (`lang`, as in the Mastodon API), or else that of all pages. */
export function askedLanguageOf(req: Request): Language {
  const { lang } = queryOf(req);
  const named = typeof lang === 'string' ? lang.slice(0, 40).toLowerCase().split(/[-_]/)[0] : undefined;
  return isLanguage(named) ? named : languageOf(req);
}

/** One sentence for each scope; those of the staff are named as they are written. */
export function scopeSentences(words: Words, scopes: readonly Scope[]): string[] {
  return scopes.map((scope) => {
    if (isSingle(scope)) return words.scopes[scope];
    const thing = scope.split(':')[2]?.replaceAll('_', ' ') ?? words.everything;
    return words.staffScope(scope.startsWith('admin:write') ? 'write' : 'read', thing);
  });
}

function isSingle(scope: Scope): scope is SingleScope {
  return scope in en.scopes;
}

/** Refuses what an app asks, with a sentence that the page has in each language, and the field that it is about. */
export class AskedWrongly extends ApiError {
  readonly problem: Problem;
  readonly field: string;

  constructor(problem: Problem, field = '') {
    super('body-invalid', withField(en.problems[problem], field));
    this.problem = problem;
    this.field = field;
  }
}

const OF_REASON: Partial<Record<Reason, Problem>> = {
  'wrong-credentials': 'wrong-credentials',
  'wrong-code': 'wrong-code',
  'passkey-invalid': 'passkey-refused',
  'approval-pending': 'waiting-for-approval',
  suspended: 'suspended',
  'too-many-requests': 'too-often',
  'cross-site': 'not-asked-here',
  'validation-failed': 'form-incomplete',
  'client-unreachable': 'app-unreachable',
  'client-invalid': 'app-unusable',
};

/** What the page says of a refusal; in English where the pages have no sentence for it. */
export function sentenceOf(words: Words, error: ApiError): string {
  if (error instanceof AskedWrongly) return withField(words.problems[error.problem], error.field);
  const problem = OF_REASON[error.body.code as Reason];
  return problem === undefined ? error.body.detail : words.problems[problem];
}

function withField(sentence: string, field: string): string {
  return field === '' ? sentence : `${sentence} (${field})`;
}
