import type { OwnSession } from '../../api/types.ts';
import { toast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { Failed, Loading } from '../../ui/page.tsx';
import { TimeAgo } from '../../ui/time-ago.tsx';
import { programName } from '../passkey.ts';
import styles from '../settings.module.css';
import { useOwnSessions } from './own-sessions.ts';
import { say } from './say.ts';

/** Browsers in which somebody is signed in, each with the way to end it. Apps have a page of their own. */
export function Sessions() {
  const { remote, shown, busy, hasMore, reload, more, end } = useOwnSessions('pages');
  return (
    <section class={styles.section} aria-labelledby="sessions">
      <h2 id="sessions">{say('sessions')}</h2>
      {remote.state === 'loading' && <Loading />}
      {remote.state === 'failed' && <Failed failure={remote.failure} onRetry={reload} />}
      <ul class={styles.list}>
        {shown.map((session) => (
          <li key={session.id} class={styles.item}>
            <div class={styles.what}>
              <h3>
                <bdi>{nameOf(session)}</bdi>
              </h3>
              <p>
                {session.current && <strong>{say('current')} · </strong>}
                {say('since')} <TimeAgo iso={session.created_at} /> · {say('lastUsed')}{' '}
                <TimeAgo iso={session.last_used_at} />
              </p>
            </div>
            {!session.current && (
              <Button
                look="quiet"
                busy={busy === session.id}
                label={say('endSessionWho', { name: nameOf(session) })}
                onPress={async () => {
                  if (await end(session)) toast(say('ended'));
                }}
              >
                {say('endSession')}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {hasMore && (
        <Button look="quiet" onPress={more}>
          {say('moreSessions')}
        </Button>
      )}
    </section>
  );
}

function nameOf({ user_agent }: OwnSession): string {
  return programName(user_agent) || say('unknownDevice');
}
