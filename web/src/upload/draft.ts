import { signal } from '@preact/signals';
import { parseJson } from '../api/client.ts';
import type { CredentialAccount } from '../api/types.ts';
import { type Edits, noEdits } from '../editing/edits.ts';
import type { Permissions } from '../editing/permissions-field.tsx';
import { noTrim, type Trim } from '../editing/trim.ts';
import { readDraft, writeDraft } from '../state/drafts.ts';
import { me } from '../state/session.ts';

/** What somebody says about a clip before it is sent. */
export interface UploadDetails {
  readonly caption: string;
  readonly visibility: string;
  readonly sensitive: boolean;
  readonly warning: string;
  readonly altText: string;
  /** Empty: as the account prefers it. */
  readonly language: string;
  readonly permissions: Permissions;
  /** When it is posted: once it is made, never by itself, or at `postAt`. */
  readonly when: 'now' | 'draft' | 'at';
  /** As a field of date and time writes it. */
  readonly postAt: string;
}

/** What is said where nobody says anything: as the account prefers it. */
export function usualDetails({ source }: Pick<CredentialAccount, 'source'>): UploadDetails {
  const { privacy, sensitive, language, permissions } = source;
  return {
    caption: '',
    // Whoever names nobody would post for nobody.
    visibility: privacy === 'private' || privacy === 'direct' ? 'followers' : privacy,
    sensitive,
    warning: '',
    altText: '',
    language: language ?? '',
    permissions: { comment: true, ...permissions },
    when: 'now',
    postAt: '',
  };
}

/** Under which what is written is kept between visits. */
const ABOUT = 'upload';

/** What is said of the next clip: now, or on an earlier visit, or as usual. */
export function detailsOf(account: CredentialAccount): UploadDetails {
  const usual = usualDetails(account);
  return draftDetails.value ?? alike(usual, parseJson(readDraft(account.id, ABOUT)));
}

/** The parts of something kept that are of the same kinds as they are now. */
function alike<T extends object>(usual: T, kept: unknown): T {
  if (typeof kept !== 'object' || kept === null) return usual;
  const parts = Object.entries(usual).map(([name, value]) => {
    const part: unknown = Reflect.get(kept, name);
    if (typeof value === 'object') return [name, alike(value, part)];
    return [name, typeof part === typeof value ? part : value];
  });
  return Object.fromEntries(parts);
}

/** Says something of the next clip. It is kept until that is on its way. */
export function changeDetails(account: CredentialAccount, details: UploadDetails): void {
  draftDetails.value = details;
  writeDraft(account.id, ABOUT, JSON.stringify(details));
}

/** The clip is on its way, with what was said of it. */
export function forgetKeptDetails(): void {
  writeDraft(me.peek()?.id ?? '', ABOUT, '');
}

/** The chosen file and what is written about it. Outlives the form, so that a refusal loses nothing. */
export const draftFile = signal<File | null>(null);
/** Null until somebody writes something. */
export const draftDetails = signal<UploadDetails | null>(null);
/** What is kept of the file. */
export const draftTrim = signal<Trim>(noTrim);
/** Its cover and captions. */
export const draftEdits = signal<Edits>(noEdits);

/** Starts over, after the clip is out or given up. */
export function clearDraft(): void {
  draftFile.value = null;
  draftDetails.value = null;
  forgetKeptDetails();
  draftTrim.value = noTrim;
  draftEdits.value = noEdits;
}
