import { useEffect, useState } from 'preact/hooks';
import type { StudioVideo } from '../api/types.ts';
import { Button } from '../ui/button.tsx';
import { captionsName } from '../ui/captions/captions-name.ts';
import { useInterval } from '../ui/use-interval.ts';
import { EditMediaDialog } from '../watch/edit-media-dialog.tsx';
import { calls } from './calls.ts';
import styles from './edit.module.css';
import { say } from './say.ts';

const POLL_MS = 1_500;
/** A minute; a server that is busier shows the cover at the next visit. */
const POLLS = 40;

interface ClipMediaProps {
  readonly video: StudioVideo;
  readonly onChange: (video: StudioVideo) => void;
}

/** The cover and the captions that a clip has, and the way to change them. */
export function ClipMedia({ video, onChange }: ClipMediaProps) {
  const [editing, setEditing] = useState(false);
  const { isAwaited, await: awaitCover } = useNewCover(video, onChange);
  const languages = video.captions.map(captionsName).join(', ');
  const reload = async () => {
    const latest = await calls.video(video.id);
    if (latest.ok) onChange(latest.value);
  };
  return (
    <section class={styles.media} aria-label={say('media')}>
      {video.poster_url ? (
        <img class={styles.cover} src={video.poster_url} alt={say('coverAlt')} />
      ) : (
        <p class={styles.note}>{say('noCover')}</p>
      )}
      <div class={styles.mediaWords}>
        <h2 class={styles.heading}>{say('media')}</h2>
        <p class={styles.note}>{languages ? say('captionsIn', { languages }) : say('captionsNone')}</p>
        <p class={styles.note} role="status">
          {isAwaited ? say('coverSoon') : ''}
        </p>
        <div>
          <Button look="quiet" icon="captions" onPress={() => setEditing(true)}>
            {say('editMedia')}
          </Button>
        </div>
      </div>
      {editing && (
        <EditMediaDialog
          media={{ id: video.id, captions: video.captions, url: video.playback_urls.mp4 }}
          onChange={reload}
          onCover={awaitCover}
          onClose={() => setEditing(false)}
        />
      )}
    </section>
  );
}

/** Looks for a cover to take the place of the one there is. */
function useNewCover(video: StudioVideo, onChange: ClipMediaProps['onChange']) {
  const [polls, setPolls] = useState(0);
  const [old, setOld] = useState(video.poster_url);
  useEffect(() => {
    if (video.poster_url !== old) setPolls(0);
  }, [video.poster_url, old]);
  useInterval(
    async () => {
      setPolls(polls - 1);
      const latest = await calls.video(video.id);
      if (latest.ok && latest.value.poster_url !== old) onChange(latest.value);
    },
    polls > 0 ? POLL_MS : null,
  );
  const awaitCover = () => {
    setOld(video.poster_url);
    setPolls(POLLS);
  };
  return { isAwaited: polls > 0, await: awaitCover };
}
