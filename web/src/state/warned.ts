import type { Status } from '../api/types.ts';

/** Whether a clip waits behind a warning of its author, or behind what a filter of the viewer says of it. */
export function isWarned({ sensitive, spoiler_text, filtered }: Status): boolean {
  return sensitive || spoiler_text !== '' || filtered.length > 0;
}
