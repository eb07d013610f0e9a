/** How far something that is to be sent has come. */
export interface Step {
  readonly state: 'new' | 'sending' | 'sent' | 'failed';
  /** Why it failed, for people. */
  readonly problem: string;
}

/** Where the cover of a clip comes from: as the server has it, a frame of the clip, or a picture. */
export type Cover =
  | { readonly kind: 'kept' }
  | { readonly kind: 'frame'; readonly seconds: number }
  | { readonly kind: 'picture'; readonly file: File | null };

/** Captions of one language that are to be set, or with no file taken away. */
export interface CaptionsEdit {
  readonly key: number;
  readonly language: string;
  readonly file: File | null;
  readonly step: Step;
}

/** What somebody wants to be different about the media of a clip. */
export interface Edits {
  readonly cover: Cover;
  readonly coverStep: Step;
  readonly captions: readonly CaptionsEdit[];
}

const fresh: Step = { state: 'new', problem: '' };

/** Everything as the server has it. */
export const noEdits: Edits = { cover: { kind: 'kept' }, coverStep: fresh, captions: [] };

let lastKey = 0;

/** Adds captions of a language, or with no file their removal. */
export function withCaptions(edits: Edits, language: string, file: File | null): Edits {
  lastKey += 1;
  return { ...edits, captions: [...edits.captions, { key: lastKey, language, file, step: fresh }] };
}

/** Changes captions that are to be sent, which are then sent anew. */
export function withChanged(
  edits: Edits,
  key: number,
  change: { readonly language?: string; readonly file?: File },
): Edits {
  const captions = edits.captions.map((one) => (one.key === key ? { ...one, ...change, step: fresh } : one));
  return { ...edits, captions };
}

/** Leaves captions out. */
export function without(edits: Edits, key: number): Edits {
  return { ...edits, captions: edits.captions.filter((one) => one.key !== key) };
}

/** Chooses another cover. */
export function withCover(edits: Edits, cover: Cover): Edits {
  return { ...edits, cover, coverStep: fresh };
}

/** Whether there is a cover to send. */
export function hasCover({ cover }: Edits): boolean {
  return cover.kind === 'frame' || (cover.kind === 'picture' && cover.file !== null);
}

/** Has everything sent again, or what failed only. */
export function again(edits: Edits, all: boolean): Edits {
  const renewed = (step: Step): Step => (all || step.state === 'failed' ? fresh : step);
  return {
    ...edits,
    coverStep: renewed(edits.coverStep),
    captions: edits.captions.map((one) => ({ ...one, step: renewed(one.step) })),
  };
}

/** Whether everything was sent and accepted. */
export function isSettled(edits: Edits): boolean {
  const steps = [...edits.captions.map(({ step }) => step), ...(hasCover(edits) ? [edits.coverStep] : [])];
  return steps.every(({ state }) => state === 'sent');
}

/** Whether anything could not be sent. */
export function hasFailed({ coverStep, captions }: Edits): boolean {
  return [coverStep, ...captions.map(({ step }) => step)].some(({ state }) => state === 'failed');
}

/** Languages that are edited more than once, of which only the last would count. */
export function isTwice({ captions }: Edits, { key, language }: CaptionsEdit): boolean {
  return captions.some((other) => other.key < key && other.language === language && other.file !== null);
}
