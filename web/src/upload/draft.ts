import { signal } from '@preact/signals';
import { parseJson } from '../api/client.ts';
import type { CredentialAccount } from '../api/types.ts';
import { type Edits, noEdits } from '../editing/edits.ts';
import type { Permissions } from '../editing/permissions-field.tsx';
import { noTrim, type Trim } from '../editing/trim.ts';
import { remixFrom } from '../remix/order.ts';
import { soundUseFrom } from '../sounds/use.ts';
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
  for (const about of [ABOUT, remix.about, sound.about]) writeDraft(me.peek()?.id ?? '', about, '');
}

/** The chosen file and what is written about it. Outlives the form, so that a refusal loses nothing. */
export const draftFile = signal<File | null>(null);
/** Null until somebody writes something. */
export const draftDetails = signal<UploadDetails | null>(null);
/** What is kept of the file. */
export const draftTrim = signal<Trim>(noTrim);
/** Something that was chosen for the next clip, on this visit or on an earlier one. It is kept until that is on its way. */
function keptChoice<T>(about: string, read: (value: unknown) => T | null) {
  // Undefined where nobody chose anything on this visit.
  const chosen = signal<T | null | undefined>(undefined);
  return {
    about,
    of({ id }: Pick<CredentialAccount, 'id'>): T | null {
      return chosen.value === undefined ? read(parseJson(readDraft(id, about))) : chosen.value;
    },
    change(choice: T | null): void {
      chosen.value = choice;
      writeDraft(me.peek()?.id ?? '', about, choice ? JSON.stringify(choice) : '');
    },
    forget(): void {
      chosen.value = undefined;
    },
  };
}

const remix = keptChoice('remix', remixFrom);
const sound = keptChoice('sound', soundUseFrom);

/** What the next clip answers to. */
export const { of: remixOf, change: changeRemix } = remix;
/** The sound of another clip that it is made with. */
export const { of: soundOf, change: changeSound } = sound;

/** Its cover and captions. */
export const draftEdits = signal<Edits>(noEdits);

/** Starts over, after the clip is out or given up. */
export function clearDraft(): void {
  draftFile.value = null;
  draftDetails.value = null;
  remix.forget();
  sound.forget();
  forgetKeptDetails();
  draftTrim.value = noTrim;
  draftEdits.value = noEdits;
}
