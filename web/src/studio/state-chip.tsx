import type { RemixOf, StudioVideo } from '../api/types.ts';
import { absolute } from '../format.ts';
import { TimeAgo } from '../ui/time-ago.tsx';
import { say } from './say.ts';
import styles from './studio.module.css';

/** Where a clip is on its way, with what one has to know about that. */
export function StateChip({ video }: { video: StudioVideo }) {
  const { state, processing, remix_of: remix } = video;
  if (state === 'processing' && processing.done && remix?.unpublished) return <ConsentChip remix={remix} />;
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

/** Everything is made of it, and the author of its original has not agreed. */
function ConsentChip({ remix: { state, account, refusal } }: { remix: RemixOf }) {
  const isOpen = state === 'pending';
  const whom = account ? say('waitingFor', { acct: account.acct }) : say('waitingLong');
  return (
    <span class={styles.state}>
      <span class={[styles.chip, isOpen ? styles.scheduled : styles.failed].filter(Boolean).join(' ')}>
        {say(isOpen ? 'waiting' : 'notAllowed')}
      </span>
      <span class={styles.note}>
        {isOpen ? whom : say('notAllowedWhy', { refusal: refusal ?? 'declined' })}
      </span>
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
