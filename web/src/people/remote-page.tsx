import { useEffect } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { loadRelationships } from '../state/relationships.ts';
import { AccountCard } from '../ui/account/account-card.tsx';
import { ButtonLink } from '../ui/button.tsx';
import { clipPath, profilePath } from '../ui/links.ts';
import { NeedsSession } from '../ui/needs-session.tsx';
import { Failed, Loading, Notice, Page } from '../ui/page.tsx';
import { useRemote } from '../ui/use-remote.ts';
import { peopleCalls } from './calls.ts';
import styles from './people.module.css';
import { ownPath, wantedOf } from './remote-uri.ts';
import { say } from './say.ts';

/** Where other servers send somebody who wants to follow or answer from here: the thing at an address, found here. */
export function RemotePage() {
  const { query } = useLocation();
  const uri = query.uri ?? '';
  return (
    <NeedsSession title={say('remote')} text={say('signIn')}>
      <Page title={say('remote')}>
        {uri.trim() === '' ? (
          <Notice icon="alert" title={say('notFound')} text={say('noUri')} />
        ) : (
          <Found key={uri} uri={uri} />
        )}
      </Page>
    </NeedsSession>
  );
}

function Found({ uri }: { uri: string }) {
  const { route } = useLocation();
  const own = ownPath(uri, location.origin);
  const [remote, reload] = useRemote(uri, () => peopleCalls.lookUp(wantedOf(uri)));
  const found = remote.state === 'ready' ? remote.value : undefined;
  const account = found?.accounts[0];
  const clip = found?.statuses[0];
  useEffect(() => {
    if (account) loadRelationships([account.id]);
  }, [account?.id]);
  // A clip is liked, saved and answered on its page; what is of this server has one already.
  const to = clip ? clipPath(clip) : found && !account ? own : null;
  useEffect(() => {
    if (to !== null) route(to, true);
  }, [to]);
  if (remote.state === 'failed') return <Failed failure={remote.failure} onRetry={reload} />;
  if (remote.state === 'loading' || to !== null) return <Loading label={say('looking')} />;
  if (!account) return <Notice icon="search" title={say('notFound')} text={say('notFoundText', { uri })} />;
  return (
    <div class={styles.part}>
      <AccountCard account={account} />
      <p>
        <ButtonLink look="quiet" href={profilePath(account)}>
          {say('toProfile')}
        </ButtonLink>
      </p>
    </div>
  );
}
