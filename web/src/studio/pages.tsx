import { useRoute } from 'preact-iso/router';
import { NotFoundPage } from '../shell/not-found.tsx';
import { ChannelAnalyticsPage, ClipAnalyticsPage } from './analytics-page.tsx';
import { EditPage } from './edit-page.tsx';
import { StudioPage } from './studio-page.tsx';

/** What authors see of their own clips: fetched together, so that the first load names one of the pages. */
export function StudioPages() {
  const { id, part } = useRoute().params;
  if (id === undefined) return <StudioPage />;
  if (part === undefined) return id === 'analytics' ? <ChannelAnalyticsPage /> : <EditPage />;
  return part === 'analytics' ? <ClipAnalyticsPage /> : <NotFoundPage />;
}
