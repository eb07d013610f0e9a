import { useState } from 'preact/hooks';
import { unreadAnnouncements } from '../state/announcements.ts';
import { IconButton } from '../ui/button.tsx';
import styles from './news.module.css';
import { NewsDialog } from './news-dialog.tsx';
import { say } from './say.ts';

/** Beside the tabs of the feed: over a clip there is no room for a banner. */
export function NewsButton() {
  const [isOpen, setOpen] = useState(false);
  const n = unreadAnnouncements.value.length;
  return (
    <>
      {n > 0 && (
        <IconButton
          class={styles.opener}
          icon="info"
          label={say('open', { n })}
          opensDialog
          onPress={() => setOpen(true)}
        />
      )}
      {isOpen && <NewsDialog onClose={() => setOpen(false)} />}
    </>
  );
}
