import { useRoute } from 'preact-iso/router';
import { NotFoundPage } from '../shell/not-found.tsx';
import { ClaimPage } from './claim-page.tsx';
import { CopyrightPage } from './copyright-page.tsx';

/** What is said of copyright, and the form for claims: fetched together, so that the first load names one of them. */
export function CopyrightPages() {
  const { page } = useRoute().params;
  if (page === undefined) return <CopyrightPage />;
  return page === 'claim' ? <ClaimPage /> : <NotFoundPage />;
}
