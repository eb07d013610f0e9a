import { plainText } from '../format.ts';
import { isCovered } from '../state/revealed.ts';
import { clipPath } from '../ui/links.ts';
import { shortened } from '../ui/shortened.ts';
import type { Kind } from './order.ts';
import type { Original } from './original.tsx';
import styles from './remix.module.css';
import { say } from './say.ts';

/** Whose clip somebody answers to, and a glimpse of it. */
export function AboutOriginal({ kind, original: { status, asks } }: { kind: Kind; original: Original }) {
  const { account } = status;
  const [media] = status.media_attachments;
  const covered = isCovered(status);
  return (
    <div class={styles.about}>
      {media?.preview_url && !covered ? (
        <img src={media.preview_webp_url ?? media.preview_url} alt="" />
      ) : (
        <span class={styles.noPicture} />
      )}
      <div>
        <a href={clipPath(status)}>
          <bdi>{say(kind === 'duet' ? 'duetWith' : 'stitchWith', { acct: account.acct })}</bdi>
        </a>
        {!covered && status.content && <p dir="auto">{shortened(plainText(status.content), 120)}</p>}
        {asks && <p class={styles.note}>{say('asksFirst', { acct: account.acct })}</p>}
      </div>
    </div>
  );
}
