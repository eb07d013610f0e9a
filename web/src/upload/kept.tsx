import { absolute } from '../format.ts';
import type { UploadState } from '../state/uploads.ts';
import { Button, ButtonLink } from '../ui/button.tsx';
import { say } from './say.ts';
import styles from './upload.module.css';
import { MakingMore } from './upload-progress.tsx';
import { finishUpload } from './uploader.ts';

/** A clip that waits for its author, its time or somebody's leave, and the way to it. */
export function Kept({ videoId, postsAt, held, making }: Extract<UploadState, { phase: 'kept' }>) {
  return (
    <div class={styles.published}>
      <p>{textOf(postsAt, held)}</p>
      <div class={styles.actions}>
        <ButtonLink href={`/studio/${videoId}`}>{held ? say('toHeld') : say('toDraft')}</ButtonLink>
        <Button look="quiet" onPress={finishUpload}>
          {say('another')}
        </Button>
      </div>
      {making && <MakingMore {...making} note={say('keptMaking')} />}
    </div>
  );
}

function textOf(postsAt: string | null, held: boolean): string {
  if (held) return say('held');
  return postsAt === null ? say('kept') : say('scheduled', { when: absolute(postsAt) });
}
