import { parseJson } from '../api/client.ts';
import { store, stored } from './stored.ts';

/** A text that was written and not sent. */
type Draft = readonly [account: string, about: string, text: string];

const KEY = 'vireo.drafts';
/** Older ones are forgotten. */
const MOST = 40;
const MOST_CHARACTERS = 20_000;

/** What somebody wrote about something and did not send, also on an earlier visit; empty where there is nothing. */
export function readDraft(account: string, about: string): string {
  return kept().find((draft) => isOf(draft, account, about))?.[2] ?? '';
}

/** Keeps it until it is sent; an empty text forgets it. */
export function writeDraft(account: string, about: string, text: string): void {
  const others = kept().filter((draft) => !isOf(draft, account, about));
  const drafts: Draft[] =
    text === '' || text.length > MOST_CHARACTERS ? others : [...others, [account, about, text]];
  store(KEY, drafts.length === 0 ? null : JSON.stringify(drafts.slice(-MOST)));
}

const isOf = ([account, about]: Draft, who: string, what: string) => account === who && about === what;

/** What is not ours in the storage is no draft. */
function kept(): Draft[] {
  const value = parseJson(stored(KEY) ?? '[]');
  return Array.isArray(value) ? value.filter(isDraft) : [];
}

function isDraft(value: unknown): value is Draft {
  return Array.isArray(value) && value.length === 3 && value.every((part) => typeof part === 'string');
}
