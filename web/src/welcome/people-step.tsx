import { useEffect, useState } from 'preact/hooks';
import type { ApiOutcome } from '../api/client.ts';
import { FollowAll } from '../packs/follow-all.tsx';
import { packPath } from '../packs/pack-card.tsx';
import { reasonOf } from '../people/reason.ts';
import { loadRelationships, relationships, setFollowing } from '../state/relationships.ts';
import { me } from '../state/session.ts';
import { toast } from '../state/toasts.ts';
import { FollowButton, WaitingNote } from '../ui/account/follow-button.tsx';
import { Avatar } from '../ui/avatar.tsx';
import { Button, ButtonLink } from '../ui/button.tsx';
import { Handle } from '../ui/handle.tsx';
import { profilePath } from '../ui/links.ts';
import { Failed, Loading, Notice } from '../ui/page.tsx';
import { useRemote } from '../ui/use-remote.ts';
import { welcomeCalls } from './calls.ts';
import type { Suggested } from './people.ts';
import { say } from './say.ts';
import { StepFrame } from './step-frame.tsx';
import { suggestedFor } from './suggestions.ts';
import styles from './welcome.module.css';

interface StepProps {
  readonly onNext: () => void;
  readonly onBack: () => void;
}

/** By what was saved a step before, so that coming back by the address finds the same. */
async function load(): Promise<ApiOutcome<Suggested[]>> {
  const settings = await welcomeCalls.settings();
  return suggestedFor(me.value?.id ?? '', settings.ok ? settings.value.interests : []);
}

/** Suggests people, those of one's interests first. */
export function PeopleStep({ onNext, onBack }: StepProps) {
  const [remote, reload] = useRemote('people', load);
  const people = remote.state === 'ready' ? remote.value : [];
  useEffect(() => {
    loadRelationships(people.map(({ account }) => account.id));
  }, [remote]);
  const isFollowing = people.some(({ account: { id } }) => {
    const known = relationships.value.get(id);
    return known?.following || known?.requested;
  });
  return (
    <StepFrame
      n={2}
      title={say('peopleTitle')}
      text={say('peopleText')}
      actions={
        <>
          <Button look="quiet" onPress={onBack}>
            {say('back')}
          </Button>
          <Button look={isFollowing ? 'primary' : 'quiet'} onPress={onNext}>
            {isFollowing ? say('next') : say('skip')}
          </Button>
        </>
      }
    >
      {remote.state === 'loading' && <Loading />}
      {remote.state === 'failed' && (
        <Failed failure={remote.failure} title={say('peopleFailed')} onRetry={reload} />
      )}
      {remote.state === 'ready' && people.length === 0 && (
        <Notice icon="search" title={say('peopleNone')} text={say('peopleNoneText')}>
          <ButtonLink href="/search" look="quiet">
            {say('search')}
          </ButtonLink>
        </Notice>
      )}
      {people.length > 0 && <People people={people} />}
      <Packs />
    </StepFrame>
  );
}

/** People whom somebody recommends together, where somebody does. */
function Packs() {
  const [remote] = useRemote('packs to begin with', welcomeCalls.packs);
  // Nobody misses what is not there: people are suggested anyway.
  if (remote.state !== 'ready' || remote.value.length === 0) return null;
  return (
    <section class={styles.part} aria-labelledby="packs">
      <h2 id="packs">{say('packs')}</h2>
      <ul class={styles.people}>
        {remote.value.map((pack) => (
          <li key={pack.id} class={styles.person}>
            <p class={styles.who}>
              <a href={packPath(pack.id)}>
                <bdi>{pack.title}</bdi>
              </a>
              <small class={styles.muted}>{say('packOf', { acct: pack.account.acct, n: pack.size })}</small>
            </p>
            <FollowAll pack={pack} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function People({ people }: { people: readonly Suggested[] }) {
  const [busy, setBusy] = useState(false);
  const left = people.filter(({ account: { id } }) => {
    const known = relationships.value.get(id);
    return known && !known.following && !known.requested;
  });
  const followAll = async () => {
    setBusy(true);
    let followed = 0;
    // One after the other: each is a request of its own, and none of them shall crowd out the rest.
    for (const { account } of left) {
      const outcome = await setFollowing(account.id, true);
      if (!outcome.ok) break;
      followed += 1;
    }
    setBusy(false);
    if (followed < left.length) toast(say('followedSome'), 'error');
    else toast(say('followedAll', { n: followed }));
  };
  return (
    <section class={styles.part} aria-label={say('list')}>
      <div class={styles.all}>
        {left.length > 0 && (
          <Button look="quiet" small icon="plus" busy={busy} onPress={followAll}>
            {say('followAll')}
          </Button>
        )}
      </div>
      <ul class={styles.people}>
        {people.map(({ account, tag, why }) => (
          <li key={account.id} class={styles.person}>
            <Avatar account={account} size={48} />
            <p class={styles.who}>
              <a href={profilePath(account)}>
                <bdi>{account.display_name || account.username}</bdi>
              </a>
              <Handle account={account} />
              {why && <small class={styles.muted}>{reasonOf(why)}</small>}
              {tag !== null && <small class={styles.muted}>{say('posts', { tag })}</small>}
              <small class={styles.waiting} role="status">
                <WaitingNote account={account} />
              </small>
            </p>
            <FollowButton account={account} small />
          </li>
        ))}
      </ul>
    </section>
  );
}
