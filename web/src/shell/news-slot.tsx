import { useEffect } from 'preact/hooks';
import { announcements } from '../state/announcements.ts';
import { me } from '../state/session.ts';
import { begun } from './begun.ts';
import { useFetched } from './use-fetched.ts';

/** Where a clip is shown, its first frame comes first. */
const AFTER_CLIP_MS = 3_000;

const banner = () => import('../news/banner.tsx').then((module) => module.NewsBanner);

const keeper = async () => {
  if (document.documentElement.dataset.room) await new Promise((done) => setTimeout(done, AFTER_CLIP_MS));
  return (await import('../news/keep.ts')).keepAnnouncements;
};

/** What the staff tells everybody. Its code is fetched where there is something. */
export function NewsSlot() {
  const viewer = me.value === null ? null : me.value?.id;
  useEffect(() => (viewer === undefined ? undefined : begun(keeper)), [viewer]);
  const Banner = useFetched(announcements.value.length > 0, banner);
  return Banner && <Banner />;
}
