import { useEffect } from 'preact/hooks';
import { connection } from '../api/client.ts';
import { api } from '../api/endpoints.ts';
import { boot } from '../state/session.ts';
import { strings } from '../strings.ts';
import { Icon } from '../ui/icon.tsx';
import { useInterval } from '../ui/use-interval.ts';
import styles from './shell.module.css';

const RETRY_MS = 5_000;

/** Says that we are cut off, and finds out by itself when that is over. */
export function ConnectionBanner() {
  const state = connection.value;
  useInterval(lookAgain, state === 'ok' ? null : RETRY_MS);
  useEffect(() => {
    const offline = () => {
      connection.value = 'offline';
    };
    addEventListener('offline', offline);
    addEventListener('online', lookAgain);
    return () => {
      removeEventListener('offline', offline);
      removeEventListener('online', lookAgain);
    };
  }, []);
  const { offline, retrying, restarting } = strings.errors;
  const sentences = { ok: '', offline, unreachable: retrying, busy: restarting };
  return (
    <div role="alert">
      {state !== 'ok' && (
        <p class={styles.banner}>
          <Icon name="alert" size={20} />
          {sentences[state]}
        </p>
      )}
    </div>
  );
}

async function lookAgain(): Promise<void> {
  const outcome = await api.instance();
  if (outcome.ok) boot();
}
