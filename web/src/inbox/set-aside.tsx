import { useMemo, useState } from 'preact/hooks';
import type { NotificationRequest } from '../api/schema.gen.ts';
import { plainText } from '../format.ts';
import { createPages } from '../state/pages.ts';
import { toast } from '../state/toasts.ts';
import { Avatar } from '../ui/avatar.tsx';
import { ButtonLink } from '../ui/button.tsx';
import { Handle } from '../ui/handle.tsx';
import { Icon } from '../ui/icon.tsx';
import { profilePath } from '../ui/links.ts';
import { More } from '../ui/more.tsx';
import { Notice, Page } from '../ui/page.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { useRemote } from '../ui/use-remote.ts';
import { AnswerPair } from './answer-pair.tsx';
import { inboxCalls } from './calls.ts';
import styles from './inbox.module.css';
import { say } from './say.ts';

/** Says that something was set aside, and leads to it. Nothing where nothing was. */
export function AsideHint() {
  const [remote] = useRemote('policy', inboxCalls.policy);
  const n = remote.state === 'ready' ? remote.value.summary.pending_requests_count : 0;
  if (n === 0) return null;
  return (
    <a class={styles.aside} href="/inbox?show=filtered">
      <Icon name="covered" />
      <span>
        {say('aside', { n })}
        <small>{say('asideHint')}</small>
      </span>
    </a>
  );
}

/** People whose notifications were set aside: each is let through, or put away. */
export function SetAside() {
  const pages = useMemo(() => createPages<NotificationRequest>((next) => inboxCalls.setAside(next)), []);
  const requests = pages.items.value;
  const phase = pages.phase.value;
  return (
    <Page title={say('filtered')}>
      <p class={styles.back}>
        <a href="/inbox">{say('toInbox')}</a>
      </p>
      {requests.length > 0 && <p class={styles.intro}>{say('asideIntro')}</p>}
      <ul class={styles.list}>
        {requests.map((request) => (
          <li key={request.id}>
            <SetAsideRow request={request} onDecided={() => pages.remove(request.id)} />
          </li>
        ))}
      </ul>
      {phase === 'ended' && requests.length === 0 && (
        <Notice icon="check" title={say('asideEmpty')} text={say('asideEmptyText')}>
          <ButtonLink href="/inbox">{say('toInbox')}</ButtonLink>
        </Notice>
      )}
      <More pages={pages} label={say('more')} />
    </Page>
  );
}

function SetAsideRow({ request, onDecided }: { request: NotificationRequest; onDecided: () => void }) {
  const [busy, setBusy] = useState(false);
  const { id, account, last_status: last } = request;
  const { acct } = account;
  const answer = async (wanted: 'accept' | 'dismiss') => {
    setBusy(true);
    const outcome = await inboxCalls.answerSetAside(id, wanted);
    setBusy(false);
    if (!outcome.ok && outcome.status !== 404) return toast(outcome.sentence, 'error');
    toast(wanted === 'accept' ? say('letThroughDone', { acct }) : say('dismissed'));
    onDecided();
  };
  return (
    <article class={styles.row}>
      <span class={styles.faces} aria-hidden="true">
        <Avatar account={account} size={44} />
      </span>
      <div class={styles.text}>
        <a class={styles.what} href={profilePath(account)}>
          <bdi>{account.display_name || account.username}</bdi>
        </a>
        <Handle account={account} />
        {last && !last.sensitive && (
          <p class={styles.excerpt} dir="auto">
            {plainText(last.content)}
          </p>
        )}
        <p class={styles.when}>
          {say('asideCount', { n: Number(request.notifications_count) })} ·{' '}
          <TimeAgo iso={request.updated_at} />
        </p>
      </div>
      <AnswerPair
        busy={busy}
        yes={{
          words: say('letThrough'),
          label: say('letThroughWho', { acct }),
          onPress: () => answer('accept'),
        }}
        no={{ words: say('dismiss'), label: say('dismissWho', { acct }), onPress: () => answer('dismiss') }}
      />
    </article>
  );
}
