import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { otherApi } from '../api/other-endpoints.ts';
import type { Account } from '../api/types.ts';
import { me } from '../state/session.ts';
import { ButtonLink } from '../ui/button.tsx';
import { Failed, Loading, Notice } from '../ui/page.tsx';
import { useRemote } from '../ui/use-remote.ts';
import { say } from './say.ts';

interface WithAccountProps {
  readonly acct: string;
  /** Of the page that is shown, for that account: an address may name it otherwise. */
  readonly pathOf: (account: Account) => string;
  readonly children: (account: Account) => ComponentChildren;
}

/**
 * Looks up the account that a page is about. Who is suspended, or was never here, is not found.
 * Its key is the address: of another account nothing of the one before counts.
 */
export function WithAccount({ acct, pathOf, children }: WithAccountProps) {
  const [remote, reload] = useRemote(acct, () => otherApi.lookUp(acct));
  const { route } = useLocation();
  // An address may name our own server; the short form is the page's only address.
  const real = remote.state === 'ready' ? remote.value : null;
  useEffect(() => {
    if (real && real.acct !== acct) route(pathOf(real), true);
  }, [real, acct]);

  // What is offered, and which lists are shown, depends on who asks.
  if (remote.state === 'loading' || me.value === undefined) return <Loading />;
  if (remote.state === 'ready') return <>{children(remote.value)}</>;
  const { failure } = remote;
  if (failure.status !== 404 && failure.status !== 410) {
    return <Failed failure={failure} level={1} onRetry={reload} />;
  }
  return (
    <Notice icon="person" title={say('notFound')} text={say('notFoundText')} level={1}>
      <ButtonLink href={`/search?${new URLSearchParams({ q: `@${acct}` })}`}>{say('find')}</ButtonLink>
    </Notice>
  );
}
