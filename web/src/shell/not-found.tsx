import { strings } from '../strings.ts';
import { ButtonLink } from '../ui/button.tsx';
import { Notice, useTitle } from '../ui/page.tsx';

/** For addresses that lead nowhere. */
export function NotFoundPage() {
  useTitle(strings.errors.notFoundTitle);
  return (
    <Notice icon="search" title={strings.errors.notFoundTitle} text={strings.errors.notFound} level={1}>
      <ButtonLink href="/">{strings.errors.toFeed}</ButtonLink>
    </Notice>
  );
}
