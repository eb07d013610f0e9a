import { signal } from '@preact/signals';
import type { Account, Status } from '../api/types.ts';

/** What can be opened about a clip, beside it or above it. */
export interface OpenPanel {
  readonly name: 'comments' | 'why' | 'share' | 'report' | 'save';
  readonly status: Status;
  /** The comment to go to, or that is reported. */
  readonly commentId?: string;
  /** Opened by itself in place of another: the focus stays where it is. */
  readonly keepsFocus?: boolean;
}

/** Telling the staff about an account as a whole, or about something that it put together. */
export interface AccountReport {
  readonly name: 'report';
  readonly account: Account;
  readonly part?: { readonly kind: 'pack' | 'playlist'; readonly id: string };
  readonly status?: undefined;
}

/** What every panel about a clip gets. */
export interface PanelProps {
  readonly panel: OpenPanel;
  readonly onClose: () => void;
}

/** What is open; one at a time. */
export const panel = signal<OpenPanel | AccountReport | null>(null);

/** Whether a sheet lies over the page, which cannot be reached or heard then: toasts are shown in the sheet. */
export const sheetIsOpen = signal(false);

export function openPanel(next: OpenPanel): void {
  panel.value = next;
}

/** Opens the report of an account, from wherever it is shown. */
export function reportAccount(account: Account): void {
  panel.value = { name: 'report', account };
}

/** Somebody goes on to another clip: comments go with it, whatever else was open was about the one before. */
export function followPanel(status: Status): void {
  const open = panel.peek();
  if (!open || open.status?.id === status.id) return;
  panel.value = open.name === 'comments' ? { name: 'comments', status, keepsFocus: true } : null;
}

export function closePanel(): void {
  panel.value = null;
}
