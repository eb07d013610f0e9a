import type { Media, Status } from '../api/types.ts';
import { clock, plainText } from '../format.ts';
import { Blurhash } from '../player/blurhash.tsx';
import { isPlayable } from '../player/source.ts';
import { isCovered } from '../state/revealed.ts';
import { strings } from '../strings.ts';
import { Icon } from '../ui/icon.tsx';
import { clipPath } from '../ui/links.ts';
import styles from './poster-tile.module.css';

/** A clip as a small 3:4 poster that leads to its page. */
export function PosterTile({ status }: { status: Status }) {
  const [media] = status.media_attachments;
  if (!media) return null;
  const covered = isCovered(status);
  const text = strings.clip;
  const caption = covered ? status.spoiler_text || text.sensitive : plainText(status.content);
  const state = stateOf(media);
  return (
    <a
      class={styles.tile}
      href={clipPath(status)}
      aria-label={strings.account.posterLabel(status.account.acct, caption, state)}
    >
      <Blurhash class={styles.fill} hash={media.blurhash} />
      {media.preview_url && !covered && (
        <img class={styles.fill} src={media.preview_url} alt="" loading="lazy" />
      )}
      {covered && (
        <span class={styles.cover}>
          <Icon name="covered" />
          <span>{caption}</span>
        </span>
      )}
      {state && <span class={styles.badge}>{state}</span>}
    </a>
  );
}

/** How long it is, or why it cannot be watched yet; empty when nobody knows. */
function stateOf(media: Media): string {
  const { processing, meta } = media;
  if (isPlayable(media)) return meta.original.duration === null ? '' : clock(meta.original.duration);
  const text = strings.account;
  // Copied once it is opened: nothing is wrong with it.
  if (processing?.state === 'on-demand') return '';
  if (processing?.state === 'making') return text.makingShort(processing.percent);
  return processing?.state === 'copying' ? text.copyingShort(processing.percent) : text.copyFailedShort;
}
