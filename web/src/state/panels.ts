import { signal } from '@preact/signals';
import type { Status } from '../api/types.ts';

/** What can be opened about a clip, beside it or above it. */
export interface OpenPanel {
  readonly name: 'comments' | 'why' | 'share' | 'report';
  readonly status: Status;
  /** The comment to go to, or that is reported. */
  readonly commentId?: string;
}

/** What is open; one at a time. */
export const panel = signal<OpenPanel | null>(null);

export function openPanel(next: OpenPanel): void {
  panel.value = next;
}

export function closePanel(): void {
  panel.value = null;
}
