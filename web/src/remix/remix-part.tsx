import type { Trim } from '../editing/trim.ts';
import { toast } from '../state/toasts.ts';
import { Button } from '../ui/button.tsx';
import { AboutOriginal } from './about-original.tsx';
import type { Remix } from './order.ts';
import { WithOriginal } from './original.tsx';
import styles from './remix.module.css';
import { RemixFields } from './remix-fields.tsx';
import { RemixPreview } from './remix-preview.tsx';
import { say } from './say.ts';

interface RemixPartProps {
  readonly remix: Remix;
  /** Of one's own file; null where there is none yet, or this browser cannot show it. */
  readonly url: string | null;
  readonly trim: Trim;
  /** Null: the clip answers to nothing. */
  readonly onChange: (remix: Remix | null) => void;
}

/** What an upload answers to, how both will look together, and the way to leave that be. */
export function RemixPart({ remix, url, trim, onChange }: RemixPartProps) {
  const drop = (
    <Button
      look="quiet"
      icon="close"
      onPress={() => {
        onChange(null);
        toast(say('dropped'));
      }}
    >
      {say('drop')}
    </Button>
  );
  return (
    <section class={styles.choices} aria-label={say(remix.kind)}>
      <WithOriginal kind={remix.kind} id={remix.of} otherwise={drop}>
        {(original) => (
          <>
            <AboutOriginal kind={remix.kind} original={original} />
            {url && <RemixPreview {...{ original, remix, url, trim }} />}
            <RemixFields {...{ original, remix, onChange }} />
            <div class={styles.actions}>{drop}</div>
          </>
        )}
      </WithOriginal>
    </section>
  );
}
