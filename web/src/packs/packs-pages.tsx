import { useRoute } from 'preact-iso/router';
import { me } from '../state/session.ts';
import { Loading } from '../ui/page.tsx';
import { PackPage } from './pack-page.tsx';
import { PacksPage } from './packs-page.tsx';

/** All starter packs, or one. */
export function PacksPages() {
  const { id } = useRoute().params;
  // What is shown depends on who looks.
  if (me.value === undefined) return <Loading />;
  return id === undefined ? (
    <PacksPage key={me.value?.id} />
  ) : (
    <PackPage key={`${me.value?.id} ${id}`} id={id} />
  );
}
