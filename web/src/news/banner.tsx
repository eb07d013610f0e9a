import { useState } from 'preact/hooks';
import { newsButton, unreadAnnouncements } from '../state/announcements.ts';
import { serverName } from '../state/session.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { AnnouncementText } from './announcement.tsx';
import { dismiss } from './keep.ts';
import styles from './news.module.css';
import { NewsButton } from './news-button.tsx';
import { NewsDialog } from './news-dialog.tsx';
import { say } from './say.ts';

newsButton.value = NewsButton;

/** The newest announcement that was not dismissed, above the page; not where a clip is shown, which it would take room from. */
export function NewsBanner() {
  const [isOpen, setOpen] = useState(false);
  const unread = unreadAnnouncements.value;
  const [newest] = unread;
  return (
    <>
      {newest && (
        <section class={styles.banner} aria-label={say('title', { server: serverName() })}>
          <div class={styles.body}>
            <AnnouncementText announcement={newest} />
            {unread.length > 1 && (
              <Button look="quiet" small onPress={() => setOpen(true)}>
                {say('open', { n: unread.length })}
              </Button>
            )}
          </div>
          <IconButton icon="close" label={say('dismiss')} onPress={() => dismiss(newest.id)} />
        </section>
      )}
      {isOpen && <NewsDialog onClose={() => setOpen(false)} />}
    </>
  );
}
