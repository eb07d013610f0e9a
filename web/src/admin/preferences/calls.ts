import { request } from '../../api/client.ts';
import type { StaffPreferences } from '../../api/schema.gen.ts';
import { useRemote } from '../../ui/use-remote.ts';

export type { StaffPreferences };

const AT = '/api/v1/admin/preferences';

export const preferences = () => request<StaffPreferences>('GET', AT);
export const prefer = (change: Partial<StaffPreferences>) => request<StaffPreferences>('PATCH', AT, change);

const MILDEST = { blur: true, greyscale: true, mute: true };

/** How whoever is signed in wants to see evidence; in the mildest way until that is known. */
export function useEvidenceView(): Pick<StaffPreferences, 'blur' | 'greyscale' | 'mute'> {
  const [remote] = useRemote('preferences', preferences);
  return remote.state === 'ready' ? remote.value : MILDEST;
}
