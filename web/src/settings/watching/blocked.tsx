import type { ComponentChildren } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { ApiOutcome } from '../../api/client.ts';
import type { Account } from '../../api/types.ts';
import { createPages, type LoadPage, mapPage, type Pages } from '../../state/pages.ts';
import { toast } from '../../state/toasts.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { Handle } from '../../ui/handle.tsx';
import { profilePath } from '../../ui/links.ts';
import { Failed, Loading } from '../../ui/page.tsx';
import { calls } from '../calls.ts';
import { Section, SettingsForm } from '../parts.tsx';
import styles from '../settings.module.css';
import { useSaving } from '../use-saving.ts';
import { say } from './say.ts';

/** A list that goes on at a press alone, since others stand below it. */
function PagedList<T extends { readonly id: string }>(props: {
  pages: Pages<T>;
  none: string;
  children: (item: T) => ComponentChildren;
}) {
  const { pages } = props;
  useEffect(() => {
    if (pages.phase.peek() === 'new') pages.loadMore();
  }, [pages]);
  const items = pages.items.value;
  const phase = pages.phase.value;
  const problem = pages.problem.value;
  return (
    <>
      {phase === 'ended' && items.length === 0 && <p class={styles.muted}>{props.none}</p>}
      <ul class={styles.list}>
        {items.map((item) => (
          <li key={item.id} class={styles.item}>
            {props.children(item)}
          </li>
        ))}
      </ul>
      {phase === 'loading' && <Loading />}
      {phase === 'failed' && problem && <Failed failure={problem} onRetry={pages.loadMore} />}
      {phase === 'ready' && (
        <Button look="quiet" onPress={pages.loadMore}>
          {say('more')}
        </Button>
      )}
    </>
  );
}

interface Undoing {
  /** Words of the button, and its label with a name, as long as it counts and after it was lifted. */
  readonly words: {
    readonly lift: 'unmute' | 'unblock';
    readonly liftWho: 'unmuteWho' | 'unblockWho';
    readonly again: 'muteAgain' | 'blockAgain';
    readonly againWho: 'muteAgainWho' | 'blockAgainWho';
    readonly lifted: 'unmuted' | 'unblocked';
  };
  readonly lift: () => Promise<ApiOutcome<unknown>>;
  readonly again: () => Promise<ApiOutcome<unknown>>;
}

/** Lifts something, and puts it back as long as the list is shown. */
function LiftButton({ who, words, lift, again }: Undoing & { who: string }) {
  const [isLifted, setIsLifted] = useState(false);
  const [busy, setBusy] = useState(false);
  const press = async () => {
    setBusy(true);
    const outcome = await (isLifted ? again() : lift());
    setBusy(false);
    if (!outcome.ok) return toast(outcome.sentence, 'error');
    if (!isLifted) toast(say(words.lifted, { who }));
    setIsLifted(!isLifted);
  };
  return (
    <Button
      look={isLifted ? 'primary' : 'quiet'}
      busy={busy}
      label={isLifted ? say(words.againWho, { who }) : say(words.liftWho, { who })}
      onPress={press}
    >
      {say(isLifted ? words.again : words.lift)}
    </Button>
  );
}

const muteWords = {
  lift: 'unmute',
  liftWho: 'unmuteWho',
  again: 'muteAgain',
  againWho: 'muteAgainWho',
  lifted: 'unmuted',
} as const;
const blockWords = {
  lift: 'unblock',
  liftWho: 'unblockWho',
  again: 'blockAgain',
  againWho: 'blockAgainWho',
  lifted: 'unblocked',
} as const;

function People<T extends Account>(props: {
  load: LoadPage<T>;
  none: string;
  undoing: (account: T) => Undoing;
}) {
  const pages = useMemo(() => createPages(props.load), []);
  return (
    <PagedList pages={pages} none={props.none}>
      {(account) => (
        <>
          <Avatar account={account} />
          <div class={styles.what}>
            <h3>
              <a class={styles.who} href={profilePath(account)}>
                <bdi>{account.display_name || account.username}</bdi>
              </a>
            </h3>
            <Handle account={account} />
          </div>
          <LiftButton who={`@${account.acct}`} {...props.undoing(account)} />
        </>
      )}
    </PagedList>
  );
}

/** Whom somebody muted. */
export function MutedPeople() {
  return (
    <Section title={say('muted')} text={say('mutedText')}>
      <People
        load={calls.mutes}
        none={say('mutedNone')}
        undoing={({ id }) => ({
          words: muteWords,
          lift: () => calls.unmute(id),
          again: () => calls.mute(id),
        })}
      />
    </Section>
  );
}

/** Whom somebody blocked. */
export function BlockedPeople() {
  return (
    <Section title={say('blocked')} text={say('blockedText')}>
      <People
        load={calls.blocks}
        none={say('blockedNone')}
        undoing={({ id }) => ({
          words: blockWords,
          lift: () => calls.unblock(id),
          again: () => calls.block(id),
        })}
      />
    </Section>
  );
}

/** Servers of which somebody wants to see nothing. */
export function BlockedDomains() {
  const [round, setRound] = useState(0);
  const [domain, setDomain] = useState('');
  const { busy, errors, run } = useSaving(['domain'], { 'domain-invalid': 'domain' });
  const pages = useMemo(
    () => createPages((next) => mapPage(calls.blockedDomains(next), (names) => names.map((id) => ({ id })))),
    [round],
  );
  const block = async () => {
    const name = domain.trim();
    if (name === '' || !(await run(() => calls.blockDomain(name)))) return;
    toast(say('domainBlocked', { domain: name }));
    setDomain('');
    setRound(round + 1);
  };
  return (
    <Section title={say('domains')} text={say('domainsText')}>
      <PagedList pages={pages} none={say('domainsNone')}>
        {({ id }) => (
          <>
            <h3 class={styles.what}>{id}</h3>
            <LiftButton
              who={id}
              words={blockWords}
              lift={() => calls.unblockDomain(id)}
              again={() => calls.blockDomain(id)}
            />
          </>
        )}
      </PagedList>
      <SettingsForm label={say('blockDomain')} errors={errors} onSend={block}>
        <div class={styles.inline}>
          <Field
            label={say('domain')}
            hint={say('domainHint')}
            name="domain"
            value={domain}
            onInput={setDomain}
            error={errors.at.domain}
            maxLength={300}
          />
          <Button type="submit" look="quiet" busy={busy}>
            {say('blockDomain')}
          </Button>
        </div>
      </SettingsForm>
    </Section>
  );
}
