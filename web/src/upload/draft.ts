import { signal } from '@preact/signals';
import { type Edits, noEdits } from '../editing/edits.ts';

/** What somebody says about a clip before it is sent. */
export interface UploadDetails {
  readonly caption: string;
  readonly visibility: string;
  readonly sensitive: boolean;
  readonly warning: string;
  readonly altText: string;
}

const empty: UploadDetails = {
  caption: '',
  visibility: 'public',
  sensitive: false,
  warning: '',
  altText: '',
};

/** The chosen file and what is written about it. Outlives the form, so that a refusal loses nothing. */
export const draftFile = signal<File | null>(null);
export const draftDetails = signal<UploadDetails>(empty);
/** Its cover and captions. */
export const draftEdits = signal<Edits>(noEdits);

/** Starts over, after the clip is out or given up. */
export function clearDraft(): void {
  draftFile.value = null;
  draftDetails.value = empty;
  draftEdits.value = noEdits;
}
