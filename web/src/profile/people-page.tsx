import { useMemo } from 'preact/hooks';
import { useRoute } from 'preact-iso/router';
import type { Account } from '../api/types.ts';
import { NotFoundPage } from '../shell/not-found.tsx';
import { createPages } from '../state/pages.ts';
import { me } from '../state/session.ts';
import { AccountList } from '../ui/account/account-list.tsx';
import { ButtonLink } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { profilePath } from '../ui/links.ts';
import { Notice, Page } from '../ui/page.tsx';
import pills from '../ui/pills.module.css';
import { Pills } from '../ui/pills.tsx';
import { WithAccount } from './account-route.tsx';
import { loadPeople, type PeopleList } from './calls.ts';
import styles from './profile.module.css';
import { say } from './say.ts';

/** Who follows somebody, or whom they follow. */
export function PeoplePage() {
  const { path, params } = useRoute();
  const handle = params.handle ?? '';
  const list: PeopleList = path.endsWith('/following') ? 'following' : 'followers';
  if (!handle.startsWith('@')) return <NotFoundPage />;
  return (
    <WithAccount key={handle} acct={handle.slice(1)} pathOf={(account) => `${profilePath(account)}/${list}`}>
      {(account) => <People key={`${account.id} ${list}`} account={account} list={list} />}
    </WithAccount>
  );
}

const lists = ['followers', 'following'] as const;

function People({ account, list }: { account: Account; list: PeopleList }) {
  const { acct } = account;
  const own = me.value?.id === account.id;
  const hidden = account.hide_collections && !own;
  return (
    <Page title={say(list === 'followers' ? 'followersOf' : 'followingOf', { acct })} width="wide">
      <Pills label={say('people')} current={list}>
        <a class={pills.back} href={profilePath(account)}>
          <Icon name="back" size={20} />
          {say('back', { acct })}
        </a>
        {lists.map((name) => (
          <a
            key={name}
            class={pills.pill}
            href={`${profilePath(account)}/${name}`}
            aria-current={name === list ? 'page' : undefined}
          >
            {say(name)}
          </a>
        ))}
      </Pills>
      {hidden ? (
        <Notice icon="covered" title={say('hidden')} text={say('hiddenText', { acct })} />
      ) : (
        <Listed account={account} list={list} own={own} />
      )}
    </Page>
  );
}

function Listed({ account, list, own }: { account: Account; list: PeopleList; own: boolean }) {
  const pages = useMemo(() => createPages(loadPeople(account.id, list)), [account.id, list]);
  const { acct, host } = account;
  const isEmpty =
    list === 'followers'
      ? (['noFollowers', 'noFollowersText'] as const)
      : (['noFollowing', 'noFollowingText'] as const);
  return (
    <>
      {own && account.hide_collections && <p class={styles.remark}>{say('hiddenOwn')}</p>}
      {host && <p class={styles.remark}>{say('partly', { host })}</p>}
      <AccountList
        pages={pages}
        label={say(list)}
        more={say('moreAccounts')}
        empty={
          <Notice icon="person" title={say(isEmpty[0])} text={say(isEmpty[1], { acct })}>
            {own && <ButtonLink href="/directory">{say('find')}</ButtonLink>}
          </Notice>
        }
      />
    </>
  );
}
