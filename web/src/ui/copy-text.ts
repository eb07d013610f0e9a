import { toast } from '../state/toasts.ts';
import { say } from './say.ts';

/** Puts a text where the next paste takes it from, and says so. */
export async function copyText(what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(what);
    toast(say('copied'));
  } catch {
    toast(say('notCopied'), 'error');
  }
}
