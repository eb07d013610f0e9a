import { useState } from 'preact/hooks';
import { api } from '../api/endpoints.ts';
import type { OwnSession } from '../api/types.ts';
import { toast } from '../state/toasts.ts';
import { securityStrings as text } from '../strings-settings.ts';
import { Button } from '../ui/button.tsx';
import { Failed, Loading } from '../ui/page.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { useRemote } from '../ui/use-remote.ts';
import { programName } from './passkey.ts';
import styles from './settings.module.css';

/** As many as the server gives at a time. */
const PAGE = 40;

/** Pages and apps that are signed in, each with the way to end it. */
export function Sessions() {
  const [remote, reload, set] = useRemote('sessions', () => api.sessions());
  const [busy, setBusy] = useState<string | null>(null);
  const [hasMore, setHasMore] = useState(true);
  const shown = remote.state === 'ready' ? remote.value : [];

  const end = async (session: OwnSession) => {
    setBusy(session.id);
    const outcome = await api.endSession(session.id);
    setBusy(null);
    if (!outcome.ok) return toast(outcome.sentence, 'error');
    toast(text.ended);
    set(shown.filter(({ id }) => id !== session.id));
  };
  const more = async () => {
    const next = await api.sessions(shown.at(-1)?.id);
    if (!next.ok) return toast(next.sentence, 'error');
    setHasMore(next.value.length >= PAGE);
    set([...shown, ...next.value]);
  };

  return (
    <section class={styles.section} aria-labelledby="sessions">
      <h2 id="sessions">{text.sessions}</h2>
      {remote.state === 'loading' && <Loading />}
      {remote.state === 'failed' && <Failed failure={remote.failure} onRetry={reload} />}
      <ul class={styles.list}>
        {shown.map((session) => (
          <li key={session.id} class={styles.item}>
            <div class={styles.what}>
              <h3 dir="auto">{nameOf(session)}</h3>
              <p>
                {session.current && <strong>{text.current} · </strong>}
                {text.since} <TimeAgo iso={session.created_at} /> · {text.lastUsed}{' '}
                <TimeAgo iso={session.last_used_at} />
              </p>
            </div>
            {!session.current && (
              <Button
                look="quiet"
                busy={busy === session.id}
                label={text.endSessionWho(nameOf(session))}
                onPress={() => end(session)}
              >
                {text.endSession}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {hasMore && shown.length >= PAGE && (
        <Button look="quiet" onPress={more}>
          {text.moreSessions}
        </Button>
      )}
    </section>
  );
}

function nameOf({ app, user_agent }: OwnSession): string {
  return app?.name ?? (programName(user_agent) || text.unknownDevice);
}
