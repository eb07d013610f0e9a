import { computed, signal } from '@preact/signals';
import type { Stage, Status } from '../api/types.ts';
import { percentOf } from '../format.ts';

/** What the one upload of this page is doing. It goes on while other pages are shown. */
export type UploadState =
  | { readonly phase: 'idle'; readonly problem?: string }
  | {
      readonly phase: 'sending';
      readonly name: string;
      /** Bytes. */
      readonly sent: number;
      readonly size: number;
      readonly paused: boolean;
      readonly problem?: string;
    }
  | {
      /** Was begun on an earlier visit; the browser needs the file again. */
      readonly phase: 'interrupted';
      readonly name: string;
      readonly sent: number;
      readonly size: number;
      readonly problem?: string;
    }
  | { readonly phase: 'processing'; readonly stage: Stage | null; readonly percent: number }
  | {
      readonly phase: 'published';
      readonly status: Status;
      /** What is still made of it while it can be watched already. */
      readonly making: { readonly stage: Stage | null; readonly percent: number } | null;
    }
  | {
      /** It waits for its author, for its time, or for somebody's leave. */
      readonly phase: 'kept';
      readonly videoId: string;
      /** As a moment; null: its author posts it. */
      readonly postsAt: string | null;
      /** Somebody else has to agree before others see it. */
      readonly held: boolean;
      readonly making: { readonly stage: Stage | null; readonly percent: number } | null;
    };

export const uploadState = signal<UploadState>({ phase: 'idle' });

/** 0 to 100 while something is under way, for the navigation. */
export const uploadPercent = computed(() => {
  const state = uploadState.value;
  if (state.phase === 'sending') return percentOf(state.sent, state.size);
  return state.phase === 'processing' ? state.percent : undefined;
});
