import { useEffect, useState } from 'preact/hooks';
import { connection } from '../api/client.ts';
import { ago } from '../format.ts';
import { Button } from '../ui/button.tsx';
import { Notice } from '../ui/page.tsx';
import { say as sayOfUi } from '../ui/say.ts';
import { readFirstClips } from './first-clips.ts';
import styles from './offline-feed.module.css';
import { say } from './say.ts';

/** What a feed shows without a connection: what it began with the last time, and that none of it plays now. */
export function OfflineFeed({ onRetry }: { onRetry: () => void }) {
  const [first] = useState(readFirstClips);
  useEffect(
    () => () => {
      // The connection is back, and with it the feed.
      if (connection.peek() === 'ok') onRetry();
    },
    [],
  );
  return (
    <div class={styles.room}>
      <Notice icon="alert" title={say('offline')} text={first ? say('offlineClips') : say('offlineNothing')}>
        <Button onPress={onRetry}>{sayOfUi('retry')}</Button>
      </Notice>
      {first && (
        <>
          <p class={styles.when}>{say('seenAt', { when: ago(first.at) })}</p>
          <ul class={styles.clips}>
            {first.clips.map(({ id, acct, text, cover }) => (
              <li key={id} class={styles.clip}>
                <div class={styles.picture}>{cover && <img src={cover} alt="" onError={hide} />}</div>
                <p class={styles.who}>
                  <bdi>@{acct}</bdi>
                </p>
                <p class={styles.text} dir="auto">
                  {text}
                </p>
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}

/** There was no room for it. */
function hide({ currentTarget }: { readonly currentTarget: HTMLImageElement }): void {
  currentTarget.hidden = true;
}
