import { announcements } from '../state/announcements.ts';
import { serverName } from '../state/session.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { AnnouncementText } from './announcement.tsx';
import { dismiss } from './keep.ts';
import styles from './news.module.css';
import { say } from './say.ts';

/** All that the staff tells at this moment. */
export function NewsDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title={say('title', { server: serverName() })} onClose={onClose}>
      <ul class={styles.list}>
        {announcements.value.map((one) => (
          <li key={one.id} class={styles.item}>
            <AnnouncementText announcement={one} />
            {one.read ? (
              <p class={styles.when}>{say('dismissed')}</p>
            ) : (
              <Button look="quiet" small onPress={() => dismiss(one.id)}>
                {say('dismiss')}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {announcements.value.length === 0 && <p>{say('none')}</p>}
    </Dialog>
  );
}
