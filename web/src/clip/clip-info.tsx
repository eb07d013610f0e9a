import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Account, Status } from '../api/types.ts';
import { isCovered } from '../state/revealed.ts';
import { Handle } from '../ui/handle.tsx';
import { Icon } from '../ui/icon.tsx';
import { clipPath, profilePath } from '../ui/links.ts';
import { ServerHtml } from '../ui/server-html.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import styles from './clip-info.module.css';
import { linkHere } from './local-links.ts';
import { say } from './say.ts';
import { useExtras } from './use-extras.ts';

interface ClipInfoProps {
  readonly status: Status;
  /** Who passed it on, where it is shown for that. */
  readonly sharedBy?: Account | undefined;
}

/** Who made a clip and what they say, over its lower end: two lines of it, and all of it on demand. */
export function ClipInfo({ status, sharedBy }: ClipInfoProps) {
  const extras = useExtras();
  return (
    <div class={styles.info}>
      {sharedBy && (
        <a class={styles.line} href={profilePath(sharedBy)} dir="auto">
          <Icon name="repeat" size={16} />
          <span>{say('sharedBy', { name: sharedBy.display_name || sharedBy.username })}</span>
        </a>
      )}
      <p class={styles.author}>
        <a class={styles.name} href={profilePath(status.account)}>
          <Handle account={status.account} />
        </a>
        <a class={styles.time} href={clipPath(status)}>
          <TimeAgo iso={status.created_at} />
        </a>
      </p>
      {status.content && !isCovered(status) && <Caption status={status} />}
      {extras && <extras.ClipLines status={status} />}
    </div>
  );
}

function Caption({ status }: { status: Status }) {
  const html = status.content;
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);
  const [long, setLong] = useState(false);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    linkHere(element, status);
    setLong(element.scrollHeight > element.clientHeight + 1);
  }, [html]);
  return (
    <div class={styles.caption}>
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
          {open ? say('showLess') : say('showMore')}
        </button>
      )}
    </div>
  );
}
