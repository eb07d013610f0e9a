import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Status } from '../api/types.ts';
import { isCovered } from '../state/revealed.ts';
import { strings } from '../strings.ts';
import { clipPath } from '../ui/links.ts';
import { ServerHtml } from '../ui/server-html.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { ClipAuthor } from './clip-author.tsx';
import styles from './clip-info.module.css';

/** Author and caption over the lower end of a clip: two lines of it, and all of it on demand. */
export function ClipInfo({ status }: { status: Status }) {
  return (
    <div class={styles.info}>
      <ClipAuthor account={status.account} onClip />
      <div class={styles.caption}>
        {status.content && !isCovered(status) && <Caption html={status.content} />}
        <a class={styles.time} href={clipPath(status)}>
          <TimeAgo iso={status.created_at} />
        </a>
      </div>
    </div>
  );
}

function Caption({ html }: { html: string }) {
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);
  const [long, setLong] = useState(false);
  useLayoutEffect(() => {
    const element = box.current;
    if (element) setLong(element.scrollHeight > element.clientHeight + 1);
  }, [html]);
  return (
    <>
      <div class={open ? styles.open : styles.clamped} id={id} ref={box}>
        <ServerHtml html={html} />
      </div>
      {long && (
        <button
          type="button"
          class={styles.more}
          aria-expanded={open}
          aria-controls={id}
          onClick={() => setOpen(!open)}
        >
          {open ? strings.clip.less : strings.clip.more}
        </button>
      )}
    </>
  );
}
