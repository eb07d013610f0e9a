import { useState } from 'preact/hooks';
import type { OwnSession } from '../../api/types.ts';
import { toast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { Failed, Loading, Notice, Page } from '../../ui/page.tsx';
import { TimeAgo } from '../../ui/time-ago.tsx';
import { say } from '../say.ts';
import styles from '../settings.module.css';
import { useOwnSessions } from './own-sessions.ts';
import { meaningsOf } from './scopes.ts';

/** Programs that act for an account. */
export function AppsPage() {
  const { remote, shown, busy, hasMore, reload, more, end } = useOwnSessions('apps');
  const [ending, setEnding] = useState<OwnSession | null>(null);
  const revoke = async (session: OwnSession) => {
    const isEnded = await end(session);
    setEnding(null);
    if (isEnded) toast(say('appEnded', { name: nameOf(session) }));
  };
  return (
    <Page title={say('apps')}>
      <p class={styles.muted}>{say('appsText')}</p>
      {remote.state === 'loading' && <Loading />}
      {remote.state === 'failed' && <Failed failure={remote.failure} onRetry={reload} />}
      {remote.state === 'ready' && shown.length === 0 && !hasMore && (
        <Notice icon="link" title={say('noApps')} text={say('noAppsText')} />
      )}
      <ul class={styles.list}>
        {shown.map((session) => (
          <AppItem
            key={session.id}
            session={session}
            busy={busy === session.id}
            onEnd={() => setEnding(session)}
          />
        ))}
      </ul>
      {hasMore && (
        <Button look="quiet" onPress={more}>
          {say('moreApps')}
        </Button>
      )}
      {ending && (
        <ConfirmDialog
          title={say('endAppTitle', { name: nameOf(ending) })}
          text={say('endAppText')}
          action={say('endApp')}
          busy={busy !== null}
          onConfirm={() => revoke(ending)}
          onClose={() => setEnding(null)}
        />
      )}
    </Page>
  );
}

const nameOf = ({ app }: OwnSession) => app?.name ?? '';

function AppItem(props: { session: OwnSession; busy: boolean; onEnd: () => void }) {
  const { session } = props;
  return (
    <li class={styles.item}>
      <div class={styles.what}>
        <h2 class={styles.app}>
          <bdi>{nameOf(session)}</bdi>
        </h2>
        <p>
          {meaningsOf(session.scopes)
            .map((key) => say(key))
            .join(' · ')}
        </p>
        <p>
          {say('appSince')} <TimeAgo iso={session.created_at} /> · {say('appUsed')}{' '}
          <TimeAgo iso={session.last_used_at} />
        </p>
      </div>
      <Button
        look="quiet"
        busy={props.busy}
        label={say('endAppWho', { name: nameOf(session) })}
        onPress={props.onEnd}
      >
        {say('endApp')}
      </Button>
    </li>
  );
}
