import { absolute } from '../format.ts';
import type { UploadState } from '../state/uploads.ts';
import { Button, ButtonLink } from '../ui/button.tsx';
import { say } from './say.ts';
import styles from './upload.module.css';
import { MakingMore } from './upload-progress.tsx';
import { finishUpload } from './uploader.ts';

/** A clip that waits for its author or its time, and the way to it. */
export function Kept({ videoId, postsAt, making }: Extract<UploadState, { phase: 'kept' }>) {
  return (
    <div class={styles.published}>
      <p>{postsAt === null ? say('kept') : say('scheduled', { when: absolute(postsAt) })}</p>
      <div class={styles.actions}>
        <ButtonLink href={`/studio/${videoId}`}>{say('toDraft')}</ButtonLink>
        <Button look="quiet" onPress={finishUpload}>
          {say('another')}
        </Button>
      </div>
      {making && <MakingMore {...making} note={say('keptMaking')} />}
    </div>
  );
}
