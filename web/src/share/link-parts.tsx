import type { ComponentChildren, ComponentType } from 'preact';
import { useState } from 'preact/hooks';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { say } from './say.ts';
import styles from './share.module.css';

/** What came of the last press. It stands in the panel: what is outside of a sheet is covered by it. */
export interface Said {
  readonly text: string;
  readonly isError: boolean;
}

export interface SayingProps {
  readonly onSaid: (said: Said) => void;
}

/** Always there, so that what enters it is read out. */
export function SaidLine({ said }: { said: Said | undefined }) {
  return (
    <p class={[styles.said, said?.isError && styles.wrong].filter(Boolean).join(' ')} role="status">
      {said && <Icon name={said.isError ? 'alert' : 'check'} size={20} />}
      {said?.text}
    </p>
  );
}

/** Puts a text where the next paste takes it from, and says so. */
export async function copied(what: string, text: string, { onSaid }: SayingProps): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(what);
  } catch {
    onSaid({ text: say('notCopied'), isError: true });
    return false;
  }
  onSaid({ text, isError: false });
  return true;
}

interface LinkPartProps extends SayingProps {
  readonly label: string;
  readonly link: string;
  /** What is told to other programs with the link. */
  readonly title: string;
  readonly onSent: () => void;
}

/** A link to copy, and to hand to other programs of the device. */
export function LinkPart({ label, link, title, onSent, onSaid }: LinkPartProps) {
  const copy = async () => {
    if (await copied(link, say('linkCopied'), { onSaid })) onSent();
  };
  const share = async () => {
    // Who changes their mind has shared nothing.
    const isSent = await navigator.share({ url: link, title }).then(
      () => true,
      () => false,
    );
    if (isSent) onSent();
  };
  return (
    <section class={styles.part}>
      <label class={styles.text}>
        {label}
        <input
          type="text"
          dir="ltr"
          readOnly
          value={link}
          onFocus={(event) => event.currentTarget.select()}
        />
      </label>
      <div class={styles.actions}>
        <Button icon="link" onPress={copy}>
          {say('copyLink')}
        </Button>
        {'share' in navigator && (
          <Button look="quiet" icon="share" onPress={share}>
            {say('device')}
          </Button>
        )}
      </div>
    </section>
  );
}

/** The code is drawn by a part that is fetched when somebody wants it. */
export function QrPart({ link, label, onSaid }: SayingProps & { link: string; label: string }) {
  const [Code, setCode] = useState<ComponentType<{ text: string; label: string }>>();
  const load = () => {
    if (Code) return;
    import('./qr-code.tsx').then(
      (module) => setCode(() => module.QrCode),
      () => onSaid({ text: say('qrFailed'), isError: true }),
    );
  };
  return (
    <Unfolding title={say('qr')} onOpen={load}>
      {Code && <Code text={link} label={label} />}
    </Unfolding>
  );
}

/** A part that is shown once it is wanted. */
export function Unfolding(props: { title: string; onOpen?: () => void; children: ComponentChildren }) {
  return (
    <details
      class={styles.unfolding}
      onToggle={(event) => {
        if (event.currentTarget.open) props.onOpen?.();
      }}
    >
      <summary>{props.title}</summary>
      <div class={styles.part}>{props.children}</div>
    </details>
  );
}
