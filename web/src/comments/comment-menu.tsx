import type { Comment, Status } from '../api/types.ts';
import { openPanel } from '../state/panels.ts';
import { me } from '../state/session.ts';
import { toast } from '../state/toasts.ts';
import { Menu, type MenuItem } from '../ui/menu.tsx';
import type { Decision } from './calls.ts';
import styles from './comment-item.module.css';
import { commentPath } from './comment-path.ts';
import type { Room } from './room.ts';
import { say } from './say.ts';
import { tellOf } from './tell-of.ts';

interface CommentMenuProps {
  readonly comment: Comment;
  readonly room: Room;
  readonly status: Status;
  readonly who: string;
  readonly onEdit: () => void;
  readonly onDelete: () => void;
}

const done = {
  pin: 'pinnedToast',
  unpin: 'unpinnedToast',
  hide: 'hiddenToast',
  unhide: 'shownToast',
} as const satisfies Record<Decision, string>;

/** The rarer actions: what is one's own can be changed, what is below one's own clip can be sorted out. */
export function CommentMenu({ comment, room, status, who, onEdit, onDelete }: CommentMenuProps) {
  const viewer = me.value;
  const isOwn = viewer?.id === comment.account.id;
  const isAuthor = viewer?.id === status.account.id;
  const isTop = comment.in_reply_to_id === status.id;
  const decide = (what: Decision) => async () => tellOf(await room.decide(comment, what), say(done[what]));
  const only = (wanted: boolean, item: MenuItem): MenuItem[] => (wanted ? [item] : []);
  const { pinned, hidden, account } = comment;
  const items: MenuItem[] = [
    ...only(isOwn && !hidden, { label: say('edit'), icon: 'pencil', onPress: onEdit }),
    ...only(isAuthor && isTop && !hidden && !comment.held && !pinned, {
      label: say('pin'),
      icon: 'pin',
      onPress: decide('pin'),
    }),
    ...only(isAuthor && pinned, { label: say('unpin'), icon: 'pin', onPress: decide('unpin') }),
    ...only(isAuthor && !isOwn && !hidden, { label: say('hide'), icon: 'covered', onPress: decide('hide') }),
    ...only(isAuthor && hidden, { label: say('unhide'), icon: 'eye', onPress: decide('unhide') }),
    { label: say('copyLink'), icon: 'link', onPress: () => copyLink(status, comment) },
    ...only(account.host !== null, {
      label: say('openAt', { host: account.host ?? '' }),
      icon: 'external',
      href: comment.url,
    }),
    ...only(viewer !== null && viewer !== undefined && !isOwn, {
      ...{ label: say('report'), icon: 'flag' },
      onPress: () => openPanel({ name: 'report', status, commentId: comment.id }),
    }),
    ...only(isOwn || isAuthor, { label: say('delete'), icon: 'trash', danger: true, onPress: onDelete }),
  ];
  return <Menu class={styles.menu} label={say('actions', { who })} icon="more" items={items} />;
}

async function copyLink(status: Status, comment: Comment): Promise<void> {
  const url = new URL(commentPath(status, comment.id), location.origin).href;
  try {
    await navigator.clipboard.writeText(url);
    toast(say('linkCopied'));
  } catch {
    toast(say('linkNotCopied', { url }), 'error');
  }
}
