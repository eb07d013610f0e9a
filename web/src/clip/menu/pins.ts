import { signal } from '@preact/signals';
import { request } from '../../api/client.ts';
import type { Status } from '../../api/types.ts';
import { toast } from '../../state/toasts.ts';
import { say } from './say.ts';

/** What was pinned or taken down during this visit, by the ids of clips. */
const changed = signal<ReadonlyMap<string, boolean>>(new Map());

/** Whether a clip stands first on the profile of whoever looks. */
export const isPinned = ({ id, pinned }: Status): boolean => changed.value.get(id) ?? pinned;

/** Only what everybody may see can stand there. */
export const isPinnable = ({ visibility }: Status): boolean =>
  visibility === 'public' || visibility === 'unlisted';

/** Pins a clip of one’s own to the profile, or takes it down, and says so. */
export async function turnPin(status: Status): Promise<void> {
  const wanted = !isPinned(status);
  const path = `/api/v1/statuses/${encodeURIComponent(status.id)}/${wanted ? 'pin' : 'unpin'}`;
  const outcome = await request<Status>('POST', path);
  if (!outcome.ok) return toast(outcome.sentence, 'error');
  changed.value = new Map([...changed.value, [status.id, wanted]]);
  toast(say(wanted ? 'pinned' : 'unpinned'));
}
