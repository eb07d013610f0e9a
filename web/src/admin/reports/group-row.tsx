import { ago } from '../../format.ts';
import { me } from '../../state/session.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { Handle } from '../../ui/handle.tsx';
import { Badge } from '../parts/badge.tsx';
import type { Group } from './calls.ts';
import type { Closing } from './close-dialog.tsx';
import styles from './reports.module.css';
import { say } from './say.ts';

interface GroupRowProps {
  readonly group: Group;
  /** Keys act on it. */
  readonly isMarked: boolean;
  readonly isOpen: boolean;
  readonly onMark: () => void;
  readonly onTake: () => void;
  readonly onClose: (as: Closing['as']) => void;
  readonly onReopen: () => void;
}

/** One reported account: how many said what, and the buttons that act on all of its reports at once. */
export function GroupRow({ group, isMarked, isOpen, onMark, onTake, onClose, onReopen }: GroupRowProps) {
  const { target_account: target, count, reporters, posts } = group;
  const { username } = target;
  const isMine = group.assigned_to.some(({ id }) => id === me.value?.id);
  return (
    <li
      class={[styles.row, isMarked && styles.marked].filter(Boolean).join(' ')}
      aria-current={isMarked ? 'true' : undefined}
      data-target={group.id}
      onFocusCapture={onMark}
    >
      <div class={styles.who}>
        <Avatar account={target} />
        <a href={`/admin/reports/${group.id}`} aria-label={say('lookWho', { username })}>
          <Handle account={target} />
        </a>
      </div>
      <div class={styles.facts}>
        <strong>{say('many', { count, people: reporters })}</strong>
        <span>{say('since', { ago: ago(group.oldest_at) })}</span>
        {posts.length > 0 && <span>{say('posts', { count: posts.length })}</span>}
        {group.categories.map(({ category }) => (
          <Badge key={category}>{say(category)}</Badge>
        ))}
        {group.sources.map(({ host, count: reports }) => (
          <Badge key={host}>{say('from', { host: host ?? say('local'), count: reports })}</Badge>
        ))}
        {group.assigned_to.map((account) => (
          <Badge key={account.id} tone="good">
            {say('takenBy', { username: account.username })}
          </Badge>
        ))}
        {group.rules.map(({ id, text }) => (
          <span key={id} dir="auto">
            {text}
          </span>
        ))}
      </div>
      <div class={styles.buttons}>
        {isOpen ? (
          <>
            <Button
              look="quiet"
              small
              label={say(isMine ? 'giveBackWho' : 'takeWho', { username })}
              onPress={onTake}
            >
              {say(isMine ? 'giveBack' : 'take')}
            </Button>
            <Button small label={say('resolveWho', { username })} onPress={() => onClose('resolve')}>
              {say('resolve')}
            </Button>
            <Button
              look="quiet"
              small
              label={say('dismissWho', { username })}
              onPress={() => onClose('dismiss')}
            >
              {say('dismiss')}
            </Button>
          </>
        ) : (
          <Button look="quiet" small onPress={onReopen}>
            {say('reopen')}
          </Button>
        )}
        <ButtonLink look="quiet" small href={`/admin/reports/${group.id}`}>
          {say('look')}
        </ButtonLink>
      </div>
    </li>
  );
}
