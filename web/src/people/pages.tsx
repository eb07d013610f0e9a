import { useLocation } from 'preact-iso/router';
import { DirectoryPage } from './directory-page.tsx';
import { RemotePage } from './remote-page.tsx';

/** Pages about people whom one does not know yet: fetched together, so that the first load names one of them. */
export function PeoplePages() {
  return useLocation().path === '/directory' ? <DirectoryPage /> : <RemotePage />;
}
