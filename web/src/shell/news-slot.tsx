import { useEffect } from 'preact/hooks';
import { announcements } from '../state/announcements.ts';
import { me } from '../state/session.ts';
import { begun } from './begun.ts';
import { useFetched } from './use-fetched.ts';

const banner = () => import('../news/banner.tsx').then((module) => module.NewsBanner);

const keeper = () => import('../news/keep.ts').then((module) => module.keepAnnouncements);

/** What the staff tells everybody. Its code is fetched where there is something. */
export function NewsSlot() {
  const viewer = me.value === null ? null : me.value?.id;
  useEffect(() => (viewer === undefined ? undefined : begun(keeper)), [viewer]);
  const Banner = useFetched(announcements.value.length > 0, banner);
  return Banner && <Banner />;
}
