import type { Announcement } from '../api/schema.gen.ts';
import { absolute, count } from '../format.ts';
import { date } from '../i18n/formats.ts';
import { me } from '../state/session.ts';
import { Menu } from '../ui/menu.tsx';
import { ServerHtml } from '../ui/server-html.tsx';
import { react } from './keep.ts';
import styles from './news.module.css';
import { say } from './say.ts';

/** What is offered; more come from apps. */
const SIGNS = ['👍', '❤️', '🎉', '😂', '😮', '😢', '🙏', '👀'];

/** The text of one, when that is which it tells of, and the signs below it. */
export function AnnouncementText({ announcement }: { announcement: Announcement }) {
  const when = whenOf(announcement);
  return (
    <>
      <ServerHtml class={styles.text} html={announcement.content} />
      {when && <p class={styles.when}>{when}</p>}
      <Reactions announcement={announcement} />
    </>
  );
}

function whenOf({ starts_at, ends_at, all_day, time_zone }: Announcement): string | null {
  const shown = (iso: string) =>
    all_day ? date(new Date(iso), { dateStyle: 'long', timeZone: time_zone }) : absolute(iso);
  const [start, end] = [starts_at && shown(starts_at), ends_at && shown(ends_at)];
  if (start && end) return start === end ? start : say('span', { start, end });
  if (start) return say('from', { start });
  return end ? say('until', { end }) : null;
}

function Reactions({ announcement }: { announcement: Announcement }) {
  const { reactions } = announcement;
  const mayReact = me.value?.email_confirmed === true;
  if (reactions.length === 0 && !mayReact) return null;
  const left = SIGNS.filter((sign) => !reactions.some(({ name }) => name === sign));
  return (
    <div class={styles.reactions}>
      {reactions.map(({ name, count: n, me: isMine }) => {
        const label = say('reacted', { name, n });
        const words = (
          <>
            <span aria-hidden="true">{name}</span> {count(n)}
          </>
        );
        return mayReact ? (
          <button
            key={name}
            type="button"
            class={styles.reaction}
            aria-label={label}
            aria-pressed={isMine ?? false}
            onClick={() => react(announcement, name)}
          >
            {words}
          </button>
        ) : (
          <span key={name} class={styles.reaction} role="img" aria-label={label}>
            {words}
          </span>
        );
      })}
      {mayReact && left.length > 0 && (
        <Menu
          label={say('addReaction')}
          icon="plus"
          items={left.map((name) => ({ label: name, onPress: () => react(announcement, name) }))}
        />
      )}
    </div>
  );
}
