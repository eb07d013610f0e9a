import { useState } from 'preact/hooks';
import type { Media, Status } from '../api/types.ts';
import { clock, count, plainText } from '../format.ts';
import { Blurhash } from '../player/blurhash.tsx';
import { isPlayable } from '../player/source.ts';
import { prefersReducedMotion, savesData } from '../state/preferences.ts';
import { isCovered } from '../state/revealed.ts';
import { Icon } from '../ui/icon.tsx';
import { clipPath } from '../ui/links.ts';
import styles from './poster-tile.module.css';
import { say } from './say.ts';

interface PosterTileProps {
  readonly status: Status;
  /** Where a pinned clip stands out: on the profile of its author. */
  readonly showsPin?: boolean;
  readonly onOpen?: () => void;
}

/** A clip as a small 3:4 poster that leads to its page, and moves while the pointer or the focus is on it. */
export function PosterTile({ status, showsPin = false, onOpen }: PosterTileProps) {
  const [lively, setLively] = useState(false);
  const [media] = status.media_attachments;
  if (!media) return null;
  const covered = isCovered(status);
  const caption = covered ? status.spoiler_text || say('sensitive') : plainText(status.content);
  const pinned = showsPin && status.pinned;
  const views = status.video?.views ?? 0;
  const state = stateOf(media);
  const teaser = lively && !covered ? media.teaser_url : null;
  const wake = () => setLively(!prefersReducedMotion() && !savesData());
  return (
    <a
      class={styles.tile}
      href={clipPath(status)}
      data-clip={status.id}
      aria-label={[
        caption || say('by', { acct: status.account.acct }),
        ...(pinned ? [say('pinned')] : []),
        ...(state ? [state] : []),
        ...(views > 0 ? [say('views', { n: views, shown: count(views) })] : []),
      ].join(', ')}
      onClick={onOpen}
      onPointerEnter={(event) => event.pointerType === 'mouse' && wake()}
      onPointerLeave={() => setLively(false)}
      onFocus={(event) => event.currentTarget.matches(':focus-visible') && wake()}
      onBlur={() => setLively(false)}
    >
      <Blurhash class={styles.fill} hash={media.blurhash} />
      {media.preview_url && !covered && (
        <img class={styles.fill} src={media.preview_webp_url ?? media.preview_url} alt="" loading="lazy" />
      )}
      {teaser && <Teaser url={teaser} />}
      {covered && (
        <span class={styles.cover}>
          <Icon name="covered" />
          <span class={styles.warning}>{caption}</span>
        </span>
      )}
      {/* With room between them: what is seen is said in the same order. */}{' '}
      {pinned && <span class={`${styles.badge} ${styles.pin}`}>{say('pinned')}</span>}{' '}
      <span class={styles.facts}>
        {state && <span class={styles.fact}>{state}</span>}{' '}
        {views > 0 && (
          <span class={styles.fact}>
            <Icon name="play" size={12} />
            {count(views)}
          </span>
        )}
      </span>
    </a>
  );
}

/** Three silent seconds; where they do not play the poster stays. */
function Teaser({ url }: { url: string }) {
  const [works, setWorks] = useState(true);
  if (!works) return null;
  return (
    <video
      class={styles.fill}
      src={url}
      muted
      autoplay
      loop
      playsInline
      disablePictureInPicture
      tabIndex={-1}
      onError={() => setWorks(false)}
    />
  );
}

/** How long it is, or why it cannot be watched yet; empty when nobody knows. */
function stateOf(media: Media): string {
  const { processing, meta } = media;
  if (isPlayable(media)) return meta.original.duration === null ? '' : clock(meta.original.duration);
  // Copied once it is opened: nothing is wrong with it.
  if (processing?.state === 'on-demand') return '';
  if (processing?.state === 'making') return say('making', { percent: processing.percent });
  return processing?.state === 'copying' ? say('copying', { percent: processing.percent }) : say('notCopied');
}
