import type { ApiFailure } from '../api/client.ts';
import { toast } from '../state/toasts.ts';

/** Says what went wrong, where something did: what was shown before it was sure is back as it was. */
export function tellOf(failure: ApiFailure | null, done?: string): void {
  if (failure) toast(failure.sentence, 'error');
  else if (done) toast(done);
}
