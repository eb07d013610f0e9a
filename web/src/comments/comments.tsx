import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Comment, Status } from '../api/types.ts';
import { me } from '../state/session.ts';
import { toast } from '../state/toasts.ts';
import { ButtonLink } from '../ui/button.tsx';
import { signInPath } from '../ui/links.ts';
import { Failed, Loading, Notice, VisuallyHidden } from '../ui/page.tsx';
import { keepScrollKeys } from '../ui/side-panel.tsx';
import { CommentItem, PendingItem } from './comment-item.tsx';
import { commentsId, elementId } from './comment-path.ts';
import styles from './comments.module.css';
import { Composer } from './composer.tsx';
import { listen } from './live.ts';
import { MoreOf } from './more-of.tsx';
import { createRoom, type Room } from './room.ts';
import { say } from './say.ts';
import { eachOnce } from './thread.ts';

interface CommentsProps {
  readonly status: Status;
  /** The one to go to. */
  readonly commentId?: string | undefined;
}

/** What is said below a clip, in threads, and a field to say something. New comments come by themselves. */
export function Comments({ status, commentId }: CommentsProps) {
  const viewerId = me.value?.id ?? null;
  const room = useMemo(() => createRoom(status, viewerId), [status.id, viewerId]);
  const linked = useLinked(room, commentId);
  const box = useRef<HTMLElement>(null);
  useEffect(() => (box.current ? keepScrollKeys(box.current) : undefined), []);
  useEffect(() => (viewerId === null ? undefined : listen(status.id, room.hearing)), [room]);

  const total = room.count.value;
  return (
    <section
      class={styles.comments}
      id={commentsId(status.id)}
      ref={box}
      tabIndex={-1}
      aria-label={say('list')}
    >
      <div class={styles.head}>
        <p class={styles.count}>{say('titleCount', { n: total })}</p>
        <SortSwitch room={room} />
      </div>
      <Thread room={room} status={status} linked={linked} />
      <Foot room={room} status={status} />
      <p role="status">
        <VisuallyHidden>
          {room.arrived.value ? say('arrived', { who: nameOf(room.arrived.value) }) : ''}
        </VisuallyHidden>
      </p>
    </section>
  );
}

const nameOf = ({ account }: Comment): string => account.display_name || `@${account.acct}`;

/** Goes to the comment of the address once, and says where it is gone. */
function useLinked(room: Room, commentId: string | undefined): string | null {
  const [linked, setLinked] = useState<string | null>(null);
  useEffect(() => {
    if (commentId === undefined) return;
    let current = true;
    room.goTo(commentId).then((found) => {
      if (!current) return;
      if (found) setLinked(commentId);
      else toast(say('gone'), 'error');
    });
    return () => {
      current = false;
    };
  }, [room, commentId]);
  useEffect(() => {
    if (linked === null) return;
    const element = document.getElementById(elementId(linked));
    element?.scrollIntoView({ block: 'center' });
    element?.focus({ preventScroll: true });
  }, [linked]);
  return linked;
}

function SortSwitch({ room }: { room: Room }) {
  return (
    <fieldset class={styles.sort} aria-label={say('sort')}>
      {(['top', 'newest'] as const).map((sort) => (
        <button
          key={sort}
          type="button"
          aria-pressed={room.sort.value === sort}
          onClick={() => room.setSort(sort)}
        >
          {say(sort)}
        </button>
      ))}
    </fieldset>
  );
}

function Thread({ room, status, linked }: { room: Room; status: Status; linked: string | null }) {
  const pages = room.top.value;
  const items = eachOnce(pages.items.value);
  const phase = pages.phase.value;
  const mine = room.pending.value.filter(({ parentId }) => parentId === null);
  const problem = pages.problem.value;
  useEffect(() => {
    if (pages.phase.peek() === 'new') pages.loadMore();
  }, [pages]);

  const isFirst = items.length === 0 && mine.length === 0;
  if (isFirst && (phase === 'new' || phase === 'loading')) return <Skeleton />;
  if (isFirst && phase === 'failed' && problem) {
    return <Failed failure={problem} title={say('failed')} onRetry={pages.loadMore} />;
  }
  if (isFirst && phase === 'ended') return <Empty status={status} />;
  return (
    <div class={styles.thread}>
      <TopMark room={room} />
      <Fresh room={room} />
      <ul class={styles.list}>
        {mine.map((one) => (
          <PendingItem key={one.key} pending={one} />
        ))}
        {items.map((comment) => (
          <CommentItem
            key={comment.id}
            comment={comment}
            room={room}
            status={status}
            linked={linked}
            depth={0}
          />
        ))}
      </ul>
      <MoreOf pages={pages} label={say('more')} auto />
    </div>
  );
}

/** Tells whether the top of the list is in sight. */
function TopMark({ room }: { room: Room }) {
  const mark = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!mark.current) return;
    const observer = new IntersectionObserver((entries) => {
      room.atTop.value = entries.at(-1)?.isIntersecting ?? true;
    });
    observer.observe(mark.current);
    return () => {
      observer.disconnect();
      room.atTop.value = true;
    };
  }, [room]);
  return <div class={styles.mark} ref={mark} />;
}

/** How many came while somebody read further down. */
function Fresh({ room }: { room: Room }) {
  const waiting = room.fresh.value;
  const first = waiting[0];
  const show = () => {
    room.showFresh();
    requestAnimationFrame(() => {
      const element = first && document.getElementById(elementId(first.id));
      element?.scrollIntoView({ block: 'center' });
      element?.focus({ preventScroll: true });
    });
  };
  return (
    <div class={styles.fresh} role="status">
      {waiting.length > 0 && (
        <button type="button" onClick={show}>
          {say('fresh', { n: waiting.length })}
        </button>
      )}
    </div>
  );
}

function Skeleton() {
  return (
    <div class={styles.skeleton}>
      <span aria-hidden="true" />
      <span aria-hidden="true" />
      <span aria-hidden="true" />
      <VisuallyHidden>
        <Loading label={say('loading')} />
      </VisuallyHidden>
    </div>
  );
}

const isOff = (status: Status): boolean => status.video?.permissions.comment === false;

function Empty({ status }: { status: Status }) {
  const closed = isOff(status) && me.value?.id !== status.account.id;
  const text = closed ? say('emptyOff') : me.value ? say('empty') : say('emptySignedOut');
  return <Notice icon="comment" title={say('emptyTitle')} text={text} />;
}

/** Where one writes; or why one cannot. */
function Foot({ room, status }: { room: Room; status: Status }) {
  const account = me.value;
  if (account === undefined) return <div class={styles.foot} />;
  const closed = isOff(status);
  const isAuthor = account?.id === status.account.id;
  if (closed && !isAuthor) return <p class={`${styles.foot} ${styles.note}`}>{say('off')}</p>;
  if (account === null) {
    return (
      <div class={`${styles.foot} ${styles.signIn}`}>
        <p>{say('signInText')}</p>
        <ButtonLink href={signInPath()} small>
          {say('signIn')}
        </ButtonLink>
      </div>
    );
  }
  return (
    <div class={styles.foot}>
      {closed && <p class={styles.note}>{say('offOwn')}</p>}
      <Composer
        draft={status.id}
        label={say('write')}
        action={say('post')}
        onSend={(text) => room.post(text, null)}
        doneWords={say('posted')}
      />
    </div>
  );
}
