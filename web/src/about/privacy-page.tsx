import { day } from '../format.ts';
import { serverName } from '../state/session.ts';
import { Failed, Loading, Notice, Page } from '../ui/page.tsx';
import { ServerHtml } from '../ui/server-html.tsx';
import { useRemote } from '../ui/use-remote.ts';
import styles from './about.module.css';
import { privacyPolicy } from './calls.ts';
import { say } from './say.ts';

/** What the server does with what it knows of people. */
export function PrivacyPage() {
  const [remote, reload] = useRemote('privacy', privacyPolicy);
  return (
    <Page title={say('privacyTitle', { server: serverName() })}>
      {remote.state === 'loading' && <Loading />}
      {remote.state === 'failed' &&
        (remote.failure.status === 404 ? (
          <Notice icon="shield" title={say('noPrivacy')} text={say('noPrivacyText')} />
        ) : (
          <Failed failure={remote.failure} onRetry={reload} />
        ))}
      {remote.state === 'ready' && (
        <>
          <ServerHtml class={styles.text} html={remote.value.content} />
          {remote.value.updated_at !== null && (
            <p class={styles.muted}>{say('updated', { when: day(remote.value.updated_at) })}</p>
          )}
        </>
      )}
    </Page>
  );
}
