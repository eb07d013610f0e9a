import { api } from '../api/endpoints.ts';
import type { Media, Status } from '../api/types.ts';
import { reveal } from '../state/revealed.ts';
import { instance } from '../state/session.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { say as sayOfUi } from '../ui/say.ts';
import { useInterval } from '../ui/use-interval.ts';
import styles from './clip-obstacles.module.css';
import type { ObstacleKind } from './obstacle.ts';
import { say } from './say.ts';
import { useWithheld } from './use-withheld.ts';

const COPY_POLL_MS = 2_000;

/** The reason why a clip is covered, and one press to see it. */
export function Cover({ status }: { status: Status }) {
  return (
    <div class={styles.obstacle}>
      <Icon name="covered" size={36} />
      <p dir="auto">{warningOf(status)}</p>
      <Button look="onClip" onPress={() => reveal(status.id)}>
        {say('show')}
      </Button>
    </div>
  );
}

function warningOf({ spoiler_text, filtered }: Status): string {
  if (spoiler_text !== '') return spoiler_text;
  const title = filtered[0]?.filter.title;
  return title ? say('filtered', { title }) : say('sensitive');
}

interface ObstacleProps {
  readonly kind: ObstacleKind;
  readonly status: Status;
  readonly media: Media;
  readonly active: boolean;
  readonly onRetry: () => void;
  readonly onChange: (status: Status) => void;
}

/** Says what is going on with a clip that does not play, and what to press. */
export function Obstacle({ kind, status, media, active, onRetry, onChange }: ObstacleProps) {
  const host = status.account.host ?? instance.value?.domain ?? location.host;
  const percent = media.processing?.percent ?? 0;
  const region = kind === 'play-failed' ? status.video?.sound?.withheld : null;
  const withheld = useWithheld(region ? (media.url ?? media.hls_url) : null);
  useInterval(
    async () => {
      const latest = await api.clip(status.id);
      if (latest.ok) onChange(latest.value);
    },
    active && kind === 'copying' ? COPY_POLL_MS : null,
  );
  if (kind === 'copying') {
    const isOwn = media.processing?.state === 'making';
    const sentence = isOwn ? say('making', { percent }) : say('copying', { host, percent });
    return (
      <div class={styles.obstacle}>
        <p>{sentence}</p>
        <progress class={styles.progress} max={100} value={percent} aria-label={sentence} />
      </div>
    );
  }
  if (withheld !== null) {
    return (
      <div class={styles.obstacle}>
        <Icon name="soundOff" size={36} />
        <p>{withheld}</p>
        {/* In English the server's own sentence is said, which has it. */}
        {region?.reason && !withheld.includes(region.reason) && <p dir="auto">{region.reason}</p>}
      </div>
    );
  }
  const sentences = {
    'copy-failed': say('copyFailed', { host }),
    elsewhere: say('elsewhere', { host }),
    'play-failed': say('playFailed'),
    unavailable: say('unavailable'),
  };
  return (
    <div class={styles.obstacle}>
      <Icon name="alert" size={36} />
      <p>{sentences[kind]}</p>
      {kind === 'copy-failed' && media.processing?.detail && <p>{media.processing.detail}</p>}
      {kind === 'play-failed' && (
        <Button look="onClip" onPress={onRetry}>
          {sayOfUi('retry')}
        </Button>
      )}
      {status.account.host && kind !== 'play-failed' && (
        <a class={styles.link} href={status.url} rel="noopener noreferrer" target="_blank">
          {say('openAt', { host: status.account.host })}
        </a>
      )}
    </div>
  );
}
