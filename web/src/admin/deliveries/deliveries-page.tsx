import { Page } from '../../ui/page.tsx';
import { DeadSection } from './dead.tsx';
import { FailingSection } from './failing.tsx';
import { say } from './say.ts';

/** What does not reach other servers, and what can be done about it. */
export function DeliveriesPage() {
  return (
    <Page title={say('title')} width="wide">
      <p>{say('intro')}</p>
      <FailingSection />
      <DeadSection />
    </Page>
  );
}
