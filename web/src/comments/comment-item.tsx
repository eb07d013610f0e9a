import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Comment, Status } from '../api/types.ts';
import { absolute, ago, count } from '../format.ts';
import { me } from '../state/session.ts';
import { Avatar } from '../ui/avatar.tsx';
import { Button } from '../ui/button.tsx';
import { Handle } from '../ui/handle.tsx';
import { Icon } from '../ui/icon.tsx';
import { profilePath } from '../ui/links.ts';
import { ServerHtml } from '../ui/server-html.tsx';
import { calls } from './calls.ts';
import styles from './comment-item.module.css';
import { CommentMenu } from './comment-menu.tsx';
import { commentPath, elementId } from './comment-path.ts';
import { Composer } from './composer.tsx';
import { MoreOf } from './more-of.tsx';
import type { Pending, Room } from './room.ts';
import { say } from './say.ts';
import { tellOf } from './tell-of.ts';
import { coverOf, eachOnce } from './thread.ts';

interface CommentProps {
  readonly comment: Comment;
  readonly room: Room;
  /** The clip. */
  readonly status: Status;
  /** The comment of the address. */
  readonly linked: string | null;
  readonly depth: number;
}

type Mode = 'read' | 'edit' | 'delete';

/** Deeper answers stand below each other: a phone has no room for more steps. */
const DEEPEST = 2;

/** One comment with what can be done about it, and what answers it. */
export function CommentItem(props: CommentProps) {
  const { comment, room, status, linked, depth } = props;
  const { account } = comment;
  const [mode, setMode] = useState<Mode>('read');
  const [replying, setReplying] = useState(false);
  const item = useRef<HTMLElement>(null);
  const who = account.display_name || `@${account.acct}`;
  const toItem = () => item.current?.focus({ preventScroll: true });
  const leave = (wasThere = true) => {
    setMode('read');
    if (wasThere) toItem();
  };
  return (
    <li class={styles.item}>
      <article
        class={[styles.comment, linked === comment.id && styles.linked].filter(Boolean).join(' ')}
        id={elementId(comment.id)}
        ref={item}
        tabIndex={-1}
        aria-label={who}
      >
        <Avatar account={account} size={depth === 0 ? 36 : 28} />
        <div class={styles.words}>
          <Byline comment={comment} status={status} who={who} />
          {mode === 'edit' ? (
            <EditField comment={comment} room={room} onDone={leave} />
          ) : (
            <Said comment={comment} status={status} who={who} />
          )}
          {mode === 'delete' && <ConfirmDelete {...props} onKeep={leave} />}
          {mode === 'read' && <Actions {...props} who={who} onReply={() => setReplying(!replying)} />}
          {replying && (
            <Composer
              draft={`${status.id} ${comment.id}`}
              label={say('writeReply', { who: `@${account.acct}` })}
              action={say('post')}
              doneWords={say('posted')}
              isNext
              onSend={(text) => room.post(text, comment.id)}
              onDone={(wasThere) => {
                setReplying(false);
                if (wasThere) toItem();
              }}
              onCancel={() => {
                setReplying(false);
                toItem();
              }}
            />
          )}
        </div>
        {mode === 'read' && (
          <CommentMenu
            {...{ comment, room, status, who }}
            onEdit={() => setMode('edit')}
            onDelete={() => setMode('delete')}
          />
        )}
      </article>
      <Replies {...props} who={who} />
    </li>
  );
}

function Byline({ comment, status, who }: { comment: Comment; status: Status; who: string }) {
  const { account } = comment;
  return (
    <div class={styles.byline}>
      <a class={styles.name} href={profilePath(account)} dir="auto">
        {who}
      </a>
      {comment.by_author && (
        <span class={styles.badge} title={say('authorHint')}>
          {say('author')}
        </span>
      )}
      {comment.pinned && <span class={styles.badge}>{say('pinned')}</span>}
      {(account.host || who !== account.username) && <Handle account={account} />}
      <a class={styles.time} href={commentPath(status, comment.id)}>
        <time dateTime={comment.created_at} title={absolute(comment.created_at)}>
          {ago(comment.created_at)}
        </time>
        {comment.edited_at && <span title={absolute(comment.edited_at)}> · {say('edited')}</span>}
      </a>
    </div>
  );
}

/** What it says, behind a press where it is hidden, warned of or filtered. */
function Said({ comment, status, who }: { comment: Comment; status: Status; who: string }) {
  const [open, setOpen] = useState(false);
  const isAuthor = me.value?.id === status.account.id;
  const cover = coverOf(comment);
  const covered = !open && ((comment.hidden && isAuthor) || cover !== null);
  const words = cover?.kind === 'filter' ? say('filtered', { title: cover.text }) : cover?.text;
  return (
    <>
      {comment.held && (
        <p class={styles.note}>
          <Icon name="clock" size={16} />
          {say('held')}
        </p>
      )}
      {comment.hidden && (
        <p class={styles.note}>
          <Icon name="covered" size={16} />
          {isAuthor ? say('hidden') : say('hiddenForWriter')}
        </p>
      )}
      {words && <p class={styles.note}>{words}</p>}
      {covered ? (
        <Button
          look="quiet"
          small
          label={comment.hidden ? say('showHidden', { who }) : undefined}
          onPress={() => setOpen(true)}
        >
          {say('show')}
        </Button>
      ) : (
        <ServerHtml class={styles.text} html={comment.content} />
      )}
    </>
  );
}

interface ActionsProps extends CommentProps {
  readonly who: string;
  readonly onReply: () => void;
}

function Actions({ comment, room, status, who, onReply }: ActionsProps) {
  const account = me.value;
  const closed = status.video?.permissions.comment === false && account?.id !== status.account.id;
  const like = async () => tellOf(await room.like(comment, !comment.favourited));
  const likes = say('likes', { n: comment.favourites_count });
  return (
    <div class={styles.actions}>
      {account && !closed && !comment.hidden && !comment.held && (
        <button type="button" class={styles.action} aria-label={say('replyTo', { who })} onClick={onReply}>
          {say('reply')}
        </button>
      )}
      {account ? (
        <button
          type="button"
          class={[styles.action, comment.favourited && styles.liked].filter(Boolean).join(' ')}
          aria-pressed={comment.favourited}
          aria-label={`${say('like', { who })}, ${likes}`}
          onClick={like}
        >
          <Icon name={comment.favourited ? 'heartFilled' : 'heart'} size={18} />
          {comment.favourites_count > 0 && count(comment.favourites_count)}
        </button>
      ) : (
        comment.favourites_count > 0 && (
          <span class={styles.likes} title={likes}>
            <Icon name="heart" size={18} />
            {count(comment.favourites_count)}
          </span>
        )
      )}
      {comment.liked_by_author && (
        <span class={styles.byAuthor}>
          <Avatar account={status.account} size={18} />
          {say('authorLikes')}
        </span>
      )}
    </div>
  );
}

function EditField({
  comment,
  room,
  onDone,
}: {
  comment: Comment;
  room: Room;
  onDone: (wasThere?: boolean) => void;
}) {
  const [source, setSource] = useState<string | null>(null);
  useEffect(() => {
    let current = true;
    calls.source(comment.id).then((outcome) => {
      if (!current) return;
      if (outcome.ok) return setSource(outcome.value.text);
      tellOf(outcome);
      onDone();
    });
    return () => {
      current = false;
    };
  }, []);
  if (source === null) return <ServerHtml class={styles.text} html={comment.content} />;
  return (
    <Composer
      draft={`edit ${comment.id}`}
      initial={source}
      label={say('writeEdit')}
      action={say('save')}
      doneWords={say('saved')}
      isNext
      onSend={(text) => room.edit(comment, text)}
      onDone={onDone}
      onCancel={onDone}
    />
  );
}

function ConfirmDelete({ comment, room, onKeep }: CommentProps & { onKeep: () => void }) {
  const box = useRef<HTMLFieldSetElement>(null);
  useLayoutEffect(() => box.current?.querySelector('button')?.focus(), []);
  const remove = async () => {
    const list = box.current?.closest('section');
    list?.focus({ preventScroll: true });
    tellOf(await room.remove(comment), say('deleted'));
  };
  return (
    <fieldset class={styles.confirm} ref={box}>
      <legend>{say('deleteTitle')}</legend>
      <Button look="quiet" small onPress={onKeep}>
        {say('deleteKeep')}
      </Button>
      <Button look="danger" small onPress={remove}>
        {say('delete')}
      </Button>
    </fieldset>
  );
}

/** What answers a comment: unfolded on demand, page by page. */
function Replies({ comment, room, status, linked, depth, who }: CommentProps & { who: string }) {
  const isOpen = room.unfolded.value.has(comment.id);
  const mine = room.pending.value.filter(({ parentId }) => parentId === comment.id);
  if (comment.replies_count === 0 && mine.length === 0 && !isOpen) return null;
  const pages = isOpen ? room.repliesTo(comment.id) : null;
  const items = pages ? eachOnce(pages.items.value) : [];
  return (
    <div class={depth < DEEPEST ? styles.replies : undefined}>
      {comment.replies_count > 0 && (
        <button
          type="button"
          class={styles.unfold}
          aria-expanded={isOpen}
          onClick={() => room.fold(comment.id, !isOpen)}
        >
          <Icon name={isOpen ? 'up' : 'down'} size={16} />
          {isOpen ? say('hideReplies') : say('replies', { n: comment.replies_count })}
        </button>
      )}
      {(items.length > 0 || mine.length > 0) && (
        <ul aria-label={say('answers', { who })}>
          {items.map((one) => (
            <CommentItem key={one.id} {...{ room, status, linked }} comment={one} depth={depth + 1} />
          ))}
          {mine.map((one) => (
            <PendingItem key={one.key} pending={one} />
          ))}
        </ul>
      )}
      {pages && <MoreOf pages={pages} label={say('moreReplies')} />}
    </div>
  );
}

/** One that is on its way. */
export function PendingItem({ pending }: { pending: Pending }) {
  const account = me.value;
  return (
    <li class={styles.item}>
      <div class={`${styles.comment} ${styles.pending}`}>
        {account && <Avatar account={account} size={pending.parentId === null ? 36 : 28} />}
        <div class={styles.words}>
          <p class={styles.text} dir="auto">
            {pending.text}
          </p>
          <p class={styles.note}>{say('posting')}</p>
        </div>
      </div>
    </li>
  );
}
