import { useId } from 'preact/hooks';
import type { WatchEvent } from '../api/endpoints.ts';
import type { Account, Status } from '../api/types.ts';
import { ClipInfo } from '../clip/clip-info.tsx';
import { ClipStage } from '../clip/clip-stage.tsx';
import { say as sayOfClip } from '../clip/say.ts';
import type { Playback } from '../player/use-playback.ts';
import { VisuallyHidden } from '../ui/page.tsx';
import styles from './feed-view.module.css';

interface FeedSlideProps {
  readonly status: Status;
  readonly sharedBy: Account | undefined;
  /** Which feed it is in. */
  readonly source: WatchEvent['source'];
  /** From 0. */
  readonly position: number;
  /** Far from the current clip there is only the place and the name. */
  readonly rendered: boolean;
  readonly active: boolean;
  readonly playback: Playback;
  readonly onChange: (status: Status) => void;
}

/** One article of the feed. */
export function FeedSlide(props: FeedSlideProps) {
  const { status, sharedBy, source, position, rendered, active, playback, onChange } = props;
  const id = useId();
  const [media] = status.media_attachments;
  const alt = rendered ? media?.description : null;
  return (
    <article
      class={styles.slide}
      data-id={status.id}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the articles of a feed take the focus (ARIA APG, feed)
      tabIndex={0}
      aria-label={sayOfClip('by', { acct: status.account.acct })}
      aria-describedby={alt ? id : undefined}
      aria-posinset={position + 1}
      aria-setsize={-1}
    >
      {rendered && media && (
        <>
          {alt && (
            <p id={id}>
              <VisuallyHidden>{alt}</VisuallyHidden>
            </p>
          )}
          <ClipStage
            status={status}
            media={media}
            player={playback.players.get(media.id)}
            active={active}
            paused={active && playback.paused}
            source={source}
            onToggle={playback.toggle}
            onRetry={playback.retry}
            onChange={onChange}
          >
            <ClipInfo status={status} sharedBy={sharedBy} />
          </ClipStage>
        </>
      )}
    </article>
  );
}
