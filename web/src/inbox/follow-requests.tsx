import { useMemo, useState } from 'preact/hooks';
import type { Account } from '../api/types.ts';
import { createPages } from '../state/pages.ts';
import { refreshRelationship } from '../state/relationships.ts';
import { toast } from '../state/toasts.ts';
import { Avatar } from '../ui/avatar.tsx';
import { Handle } from '../ui/handle.tsx';
import { profilePath } from '../ui/links.ts';
import { More } from '../ui/more.tsx';
import { AnswerPair } from './answer-pair.tsx';
import { inboxCalls } from './calls.ts';
import styles from './inbox.module.css';
import { say } from './say.ts';

type Answer = 'authorize' | 'reject';

interface FollowAnswerProps {
  readonly account: Account;
  readonly onDecided: (answer: Answer) => void;
}

/** Lets somebody follow, or turns them away. */
export function FollowAnswer({ account, onDecided }: FollowAnswerProps) {
  const [busy, setBusy] = useState(false);
  const { id, acct } = account;
  const answer = async (wanted: Answer) => {
    setBusy(true);
    const outcome = await inboxCalls.answerFollow(id, wanted);
    setBusy(false);
    // Withdrawn meanwhile, or answered elsewhere: there is nothing to decide any more.
    if (!outcome.ok && outcome.status !== 404) return toast(outcome.sentence, 'error');
    refreshRelationship(id);
    if (!outcome.ok) return toast(outcome.sentence, 'error');
    toast(wanted === 'authorize' ? say('accepted', { acct }) : say('declined', { acct }));
    onDecided(wanted);
  };
  return (
    <AnswerPair
      busy={busy}
      yes={{ words: say('accept'), label: say('acceptWho', { acct }), onPress: () => answer('authorize') }}
      no={{ words: say('decline'), label: say('declineWho', { acct }), onPress: () => answer('reject') }}
    />
  );
}

/** Everybody who waits to be let in, however long ago they asked. Nothing where nobody does. */
export function FollowRequests() {
  const pages = useMemo(() => createPages<Account>((next) => inboxCalls.followRequests(next)), []);
  const waiting = pages.items.value;
  return (
    <section class={styles.requests} aria-label={say('requests')} hidden={waiting.length === 0}>
      <h2>{say('requests')}</h2>
      <ul class={styles.list}>
        {waiting.map((account) => (
          <li key={account.id} class={styles.row}>
            <span class={styles.faces} aria-hidden="true">
              <Avatar account={account} size={44} />
            </span>
            <div class={styles.text}>
              <a class={styles.what} href={profilePath(account)}>
                <bdi>{account.display_name || account.username}</bdi>
              </a>
              <Handle account={account} />
            </div>
            <FollowAnswer account={account} onDecided={() => pages.remove(account.id)} />
          </li>
        ))}
      </ul>
      <More pages={pages} label={say('moreRequests')} quiet />
    </section>
  );
}
