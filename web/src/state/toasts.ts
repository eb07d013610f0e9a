import { signal } from '@preact/signals';

/** One thing to press: it takes back what the toast tells of, or goes on from there. */
export interface ToastAction {
  readonly label: string;
  readonly run: () => void;
}

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly kind: 'info' | 'error';
  readonly action?: ToastAction | undefined;
}

const INFO_MS = 5_000;
/** Long enough to read two sentences twice, or to find the button and press it. */
const LONG_MS = 12_000;

let lastId = 0;

/** What is shown now, oldest first. */
export const toasts = signal<readonly Toast[]>([]);

/** Shows a sentence for a while. */
export function toast(text: string, kind: Toast['kind'] = 'info', action?: ToastAction): void {
  lastId += 1;
  const id = lastId;
  toasts.value = [...toasts.value.filter((shown) => shown.text !== text), { id, text, kind, action }];
  setTimeout(() => dismissToast(id), kind === 'error' || action ? LONG_MS : INFO_MS);
}

/** Takes a toast away; one that is gone already is no mistake. */
export function dismissToast(id: number): void {
  toasts.value = toasts.value.filter((shown) => shown.id !== id);
}
