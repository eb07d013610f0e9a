import type { StudioVideo } from '../api/types.ts';
import { absolute } from '../format.ts';
import { TimeAgo } from '../ui/time-ago.tsx';
import { say } from './say.ts';
import styles from './studio.module.css';

/** Where a clip is on its way, with what one has to know about that. */
export function StateChip({ video }: { video: StudioVideo }) {
  const { state, processing } = video;
  return (
    <span class={styles.state}>
      <span class={[styles.chip, styles[state]].filter(Boolean).join(' ')}>{nameOf(state)}</span>
      {state === 'processing' && (
        <>
          <progress
            class={styles.making}
            max={100}
            value={processing.percent}
            aria-label={say('processingShort')}
          />
          <span class={styles.note}>{say('processing', { percent: processing.percent })}</span>
        </>
      )}
      {state === 'failed' && <span class={styles.note}>{processing.detail ?? say('failedWhy')}</span>}
      {state === 'scheduled' && video.scheduled_at && (
        <time class={styles.note} dateTime={video.scheduled_at}>
          {say('scheduledFor', { when: absolute(video.scheduled_at) })}
        </time>
      )}
      {state === 'published' && (
        <span class={styles.note}>
          <TimeAgo iso={video.created_at} />
        </span>
      )}
    </span>
  );
}

function nameOf(state: StudioVideo['state']): string {
  switch (state) {
    case 'uploading':
      return say('uploading');
    case 'processing':
      return say('processingShort');
    case 'failed':
      return say('failed');
    case 'draft':
      return say('draft');
    case 'scheduled':
      return say('scheduled');
    case 'published':
      return say('published');
  }
}
