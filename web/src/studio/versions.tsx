import { absolute } from '../format.ts';
import { Failed, Loading } from '../ui/page.tsx';
import { ServerHtml } from '../ui/server-html.tsx';
import { useRemote } from '../ui/use-remote.ts';
import { calls } from './calls.ts';
import styles from './edit.module.css';
import { say } from './say.ts';

/** What a clip said before it was edited, for whoever looks: everybody who may see the clip can. */
export function Versions({ id }: { id: string }) {
  const [remote, reload] = useRemote(id, () => calls.versions(id));
  if (remote.state === 'loading') return <Loading />;
  if (remote.state === 'failed') return <Failed failure={remote.failure} onRetry={reload} />;
  const [now, ...earlier] = remote.value.toReversed();
  return (
    <details class={styles.versions}>
      <summary>{say('history')}</summary>
      {earlier.length === 0 && <p class={styles.note}>{say('historyNone')}</p>}
      {now && earlier.length > 0 && (
        <ol class={styles.versionList}>
          {[now, ...earlier].map((version, n) => (
            <li key={version.created_at} class={styles.version}>
              <p class={styles.note}>
                {n === 0 ? say('versionNow') : say('versionAt', { when: absolute(version.created_at) })}
                {version.spoiler_text && ` · ${version.spoiler_text}`}
              </p>
              <ServerHtml html={version.content} />
            </li>
          ))}
        </ol>
      )}
    </details>
  );
}
