import { ButtonLink } from '../ui/button.tsx';
import { Notice, useTitle } from '../ui/page.tsx';
import { say as sayOfUi } from '../ui/say.ts';
import { say } from './say.ts';

/** For addresses that lead nowhere. */
export function NotFoundPage() {
  useTitle(say('notFoundTitle'));
  return (
    <Notice icon="search" title={say('notFoundTitle')} text={say('notFound')} level={1}>
      <ButtonLink href="/">{sayOfUi('toFeed')}</ButtonLink>
    </Notice>
  );
}
