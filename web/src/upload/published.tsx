import type { Stage, Status } from '../api/types.ts';
import { ClipStage } from '../clip/clip-stage.tsx';
import { usePlayback } from '../player/use-playback.ts';
import { usePool } from '../player/use-pool.ts';
import { uploadState } from '../state/uploads.ts';
import { Button, ButtonLink } from '../ui/button.tsx';
import { clipPath } from '../ui/links.ts';
import { say } from './say.ts';
import styles from './upload.module.css';
import { MakingMore } from './upload-progress.tsx';
import { finishUpload } from './uploader.ts';

interface PublishedProps {
  readonly status: Status;
  readonly making: { readonly stage: Stage | null; readonly percent: number } | null;
}

/** The clip as others see it now, and the way to its page; also while more of its sizes are made. */
export function Published({ status, making }: PublishedProps) {
  const pool = usePool(1);
  const playback = usePlayback(pool, [status]);
  const [media] = status.media_attachments;
  return (
    <div class={styles.published}>
      {media && (
        <div class={styles.stage}>
          <ClipStage
            status={status}
            media={media}
            player={playback.players.get(media.id)}
            active
            paused={playback.paused}
            onToggle={playback.toggle}
            onRetry={playback.retry}
            onChange={(latest) => {
              uploadState.value = { phase: 'published', status: latest, making };
            }}
          />
        </div>
      )}
      <div class={styles.actions}>
        <ButtonLink href={clipPath(status)} icon="play">
          {say('openClip')}
        </ButtonLink>
        <Button look="quiet" onPress={finishUpload}>
          {say('another')}
        </Button>
      </div>
      {making && <MakingMore {...making} />}
    </div>
  );
}
