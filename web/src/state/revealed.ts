import { signal } from '@preact/signals';
import type { Status } from '../api/types.ts';
import { isWarned } from './warned.ts';

const revealed = signal<ReadonlySet<string>>(new Set());

/** Whether a clip is behind its warning, or behind what a filter of the viewer says of it. */
export function isCovered(status: Status): boolean {
  return isWarned(status) && !revealed.value.has(status.id);
}

/** Remembers for this visit that somebody chose to see a clip. */
export function reveal(id: string): void {
  revealed.value = new Set([...revealed.value, id]);
}
