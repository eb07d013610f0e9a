import { computed, signal } from '@preact/signals';
import { soundChoice } from '../state/preferences.ts';

/** Browsers may refuse sound until somebody has touched the page, whatever was chosen on an earlier visit. */
const refused = signal(false);

/** Whether clips are silent now. */
export const isMuted = computed(() => soundChoice.value !== 'on' || refused.value);

/** Whether to offer sound in large letters: nobody chose yet, or the browser refused what was chosen. */
export const offersSound = computed(() => soundChoice.value === null || refused.value);

/** Turns sound on or off for all clips, and remembers it. */
export function toggleSound(): void {
  const on = isMuted.peek();
  refused.value = false;
  soundChoice.value = on ? 'on' : 'off';
}

/** Falls back to silence until the next press. */
export function soundWasRefused(): void {
  refused.value = soundChoice.peek() === 'on';
}
