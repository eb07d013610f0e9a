import { useState } from 'preact/hooks';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { copied, LinkPart, QrPart, type Said, SaidLine, type SayingProps, Unfolding } from './link-parts.tsx';
import { say } from './say.ts';
import styles from './share.module.css';

interface ShareDialogProps {
  readonly heading: string;
  /** The address of its page, and what it is called there. */
  readonly link: string;
  readonly title: string;
  /** Who can open it, where that is not everybody. */
  readonly note?: string | undefined;
  /** The address of its feed, where it has one. */
  readonly feed?: string | undefined;
  readonly onClose: () => void;
}

/** The ways in which a page that is no clip goes on from here: a profile, a hashtag, a sound, a playlist, a starter pack. */
export function ShareDialog({ heading, link, title, note, feed, onClose }: ShareDialogProps) {
  const [said, setSaid] = useState<Said>();
  return (
    <Dialog title={heading} onClose={onClose}>
      <div class={styles.picker}>
        <p class={styles.hint}>{note ?? say('openText')}</p>
        <LinkPart
          label={say('linkPlain')}
          link={link}
          title={title}
          onSent={() => undefined}
          onSaid={setSaid}
        />
        <QrPart link={link} label={say('qrPlain')} onSaid={setSaid} />
        {feed !== undefined && <FeedPart feed={feed} onSaid={setSaid} />}
        <SaidLine said={said} />
      </div>
    </Dialog>
  );
}

function FeedPart({ feed, onSaid }: SayingProps & { feed: string }) {
  return (
    <Unfolding title={say('feed')}>
      <p>{say('feedText')}</p>
      <label class={styles.text}>
        {say('feedLabel')}
        <input
          type="text"
          dir="ltr"
          readOnly
          value={feed}
          onFocus={(event) => event.currentTarget.select()}
        />
      </label>
      <div class={styles.actions}>
        <Button look="quiet" icon="link" onPress={() => void copied(feed, say('feedCopied'), { onSaid })}>
          {say('feedCopy')}
        </Button>
      </div>
    </Unfolding>
  );
}

/** The address of the feed of a page of this server. */
export const feedAt = (path: string): string => new URL(`/feeds/${path}.atom`, location.origin).href;
