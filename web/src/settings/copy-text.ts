import { toast } from '../state/toasts.ts';
import { securityStrings as text } from '../strings-settings.ts';

/** Puts a text where the next paste takes it from, and says so. */
export async function copyText(what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(what);
    toast(text.copied);
  } catch {
    toast(text.notCopied, 'error');
  }
}
