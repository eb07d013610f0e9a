import { useEffect, useState } from 'preact/hooks';
import type { Pack } from '../api/schema.gen.ts';
import type { Account } from '../api/types.ts';
import { ShareDialog } from '../share/share-dialog.tsx';
import { loadRelationships } from '../state/relationships.ts';
import { me } from '../state/session.ts';
import { toast } from '../state/toasts.ts';
import { AccountCard } from '../ui/account/account-card.tsx';
import { Button, ButtonLink } from '../ui/button.tsx';
import { profilePath } from '../ui/links.ts';
import { Failed, Loading, Notice, useTitle } from '../ui/page.tsx';
import place from '../ui/place.module.css';
import { useRemote } from '../ui/use-remote.ts';
import { packCalls } from './calls.ts';
import { FollowAll } from './follow-all.tsx';
import { PackMenu } from './pack-menu.tsx';
import styles from './packs.module.css';
import { PutIn } from './put-in.tsx';
import { say } from './say.ts';

/** One starter pack and everybody in it. */
export function PackPage({ id }: { id: string }) {
  const [pack, reloadPack, setPack] = useRemote(`pack ${id}`, () => packCalls.one(id));
  const [people, reloadPeople, setPeople] = useRemote(`people of pack ${id}`, () => packCalls.people(id));
  useTitle(pack.state === 'ready' ? pack.value.title : say('title'));
  if (pack.state === 'loading') return <Loading />;
  if (pack.state === 'failed') {
    // An address that cannot be one of a pack: 422.
    if (pack.failure.status !== 404 && pack.failure.status !== 422)
      return <Failed failure={pack.failure} level={1} onRetry={reloadPack} />;
    return (
      <Notice icon="person" title={say('absent')} text={say('absentText')} level={1}>
        <ButtonLink href="/packs">{say('all')}</ButtonLink>
      </Notice>
    );
  }
  const change = (next: Pack, members?: readonly Account[]) => {
    setPack(next);
    if (members) setPeople([...members]);
    else reloadPeople();
  };
  return (
    <div class={place.page}>
      <PackHeader
        pack={pack.value}
        people={people.state === 'ready' ? people.value : null}
        onChange={change}
      />
      {people.state === 'loading' && <Loading />}
      {people.state === 'failed' && <Failed failure={people.failure} onRetry={reloadPeople} />}
      {people.state === 'ready' && <People pack={pack.value} people={people.value} onChange={change} />}
    </div>
  );
}

interface Changing {
  readonly pack: Pack;
  readonly onChange: (pack: Pack, people?: readonly Account[]) => void;
}

function PackHeader({ pack, people, onChange }: Changing & { people: readonly Account[] | null }) {
  const [sharing, setSharing] = useState(false);
  return (
    <>
      <header class={place.header}>
        <div class={place.words}>
          <h1 dir="auto">{pack.title}</h1>
          <p>
            <a href={profilePath(pack.account)}>{say('by', { acct: `@${pack.account.acct}` })}</a>
            {' · '}
            {say('size', { n: pack.size })}
          </p>
          {pack.description && <p dir="auto">{pack.description}</p>}
        </div>
        <div class={styles.actions}>
          <FollowAll pack={pack} people={people} />
          <Button look="quiet" icon="share" onPress={() => setSharing(true)}>
            {say('share')}
          </Button>
          <PackMenu pack={pack} onChange={onChange} />
        </div>
      </header>
      {pack.taken_down && (
        <p class={styles.note} role="note">
          {say('takenDown')}
        </p>
      )}
      {pack.with_me && (
        <p class={styles.note} role="note">
          {say('youAreIn')}
        </p>
      )}
      {sharing && (
        <ShareDialog
          heading={say('shareTitle')}
          link={pack.url}
          title={pack.title}
          onClose={() => setSharing(false)}
        />
      )}
    </>
  );
}

function People({ pack, people, onChange }: Changing & { people: readonly Account[] }) {
  const viewer = me.value?.id;
  useEffect(() => {
    if (viewer) loadRelationships(people.map(({ id }) => id).filter((id) => id !== viewer));
  }, [viewer, people]);
  return (
    <>
      {pack.mine && <PutIn pack={pack} people={people} onChange={onChange} />}
      {people.length === 0 ? (
        <Notice
          icon="person"
          title={say('noPeople')}
          text={say(pack.mine ? 'noPeopleOwn' : 'noPeopleOther')}
        />
      ) : (
        <section class={styles.part}>
          <h2>{say('people')}</h2>
          <ul class={styles.people}>
            {people.map((account) => (
              <li key={account.id} class={styles.person}>
                <AccountCard account={account} />
                {pack.mine && <TakeOut pack={pack} account={account} people={people} onChange={onChange} />}
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function TakeOut({
  pack,
  account,
  people,
  onChange,
}: Changing & { account: Account; people: readonly Account[] }) {
  const [busy, setBusy] = useState(false);
  const take = async () => {
    setBusy(true);
    const outcome = await packCalls.take(pack.id, account.id);
    setBusy(false);
    if (!outcome.ok) return toast(outcome.sentence, 'error');
    onChange(
      outcome.value,
      people.filter(({ id }) => id !== account.id),
    );
  };
  return (
    <Button look="quiet" small icon="close" busy={busy} onPress={take}>
      {say('takeOut', { acct: account.acct })}
    </Button>
  );
}
