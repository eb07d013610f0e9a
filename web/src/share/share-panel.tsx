import type { ComponentChildren, ComponentType } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { Status } from '../api/types.ts';
import { plainText } from '../format.ts';
import type { PanelProps } from '../state/panels.ts';
import { instance, me } from '../state/session.ts';
import { Button, ButtonLink } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { clipPath, signInPath } from '../ui/links.ts';
import { SidePanel } from '../ui/side-panel.tsx';
import { boost, isBoosted } from './boosts.ts';
import { tellSent } from './calls.ts';
import { embedCode, isEmbeddable, isForEverybody } from './embed-code.ts';
import { say } from './say.ts';
import { ServerChoice } from './server-picker.tsx';
import styles from './share.module.css';

/** The ways in which a clip goes on from here. */
export function SharePanel({ panel, onClose }: PanelProps) {
  const { status } = panel;
  const isOpen = isForEverybody(status);
  const told = useRef(false);
  const [said, setSaid] = useState<Said>();
  /** Once for each time the panel is opened; the server counts one a day. */
  const sent = () => {
    if (!isOpen || !me.value?.email_confirmed || told.current) return;
    told.current = true;
    tellSent(status.id);
  };
  const link = new URL(clipPath(status), location.origin).href;
  return (
    <SidePanel title={say('title')} onClose={onClose}>
      <div class={styles.panel}>
        <LinkPart status={status} link={link} onSent={sent} onSaid={setSaid} />
        {!isOpen && <p class={styles.hint}>{say('followersOnly')}</p>}
        {isOpen && <BoostPart status={status} onSaid={setSaid} />}
        {isOpen && <ServerPart status={status} onSent={sent} />}
        <QrPart link={link} onSaid={setSaid} />
        {isEmbeddable(status, instance.value) && <EmbedPart status={status} onSent={sent} onSaid={setSaid} />}
        <SaidLine said={said} />
      </div>
    </SidePanel>
  );
}

/** What came of the last press. It stands in the panel: what is outside of a sheet is covered by it. */
interface Said {
  readonly text: string;
  readonly isError: boolean;
}

interface PartProps {
  readonly status: Status;
  readonly onSent: () => void;
}

interface SayingProps {
  readonly onSaid: (said: Said) => void;
}

/** Always there, so that what enters it is read out. */
function SaidLine({ said }: { said: Said | undefined }) {
  return (
    <p class={[styles.said, said?.isError && styles.wrong].filter(Boolean).join(' ')} role="status">
      {said && <Icon name={said.isError ? 'alert' : 'check'} size={20} />}
      {said?.text}
    </p>
  );
}

/** Puts a text where the next paste takes it from, and says so. */
async function copied(what: string, text: string, { onSaid }: SayingProps): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(what);
  } catch {
    onSaid({ text: say('notCopied'), isError: true });
    return false;
  }
  onSaid({ text, isError: false });
  return true;
}

const titleOf = (status: Status): string =>
  (status.sensitive ? '' : plainText(status.content)) || `@${status.account.acct}`;

function LinkPart({ status, link, onSent, onSaid }: PartProps & SayingProps & { link: string }) {
  const copy = async () => {
    if (await copied(link, say('linkCopied'), { onSaid })) onSent();
  };
  const share = async () => {
    // Who changes their mind has shared nothing.
    const isSent = await navigator.share({ url: link, title: titleOf(status) }).then(
      () => true,
      () => false,
    );
    if (isSent) onSent();
  };
  return (
    <section class={styles.part}>
      <label class={styles.text}>
        {say('link')}
        <input type="text" readOnly value={link} onFocus={(event) => event.currentTarget.select()} />
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

function BoostPart({ status, onSaid }: Pick<PartProps, 'status'> & SayingProps) {
  const [busy, setBusy] = useState(false);
  if (me.value === null) {
    return (
      <section class={styles.part}>
        <ButtonLink look="quiet" icon="repeat" href={signInPath()}>
          {say('signedOut')}
        </ButtonLink>
      </section>
    );
  }
  if (!me.value?.email_confirmed) return null;
  const isOn = isBoosted(status);
  const press = async () => {
    setBusy(true);
    const outcome = await boost(status, !isOn);
    setBusy(false);
    const text = outcome.ok ? say(isOn ? 'boostUndone' : 'boostDone') : outcome.sentence;
    onSaid({ text, isError: !outcome.ok });
  };
  return (
    <section class={styles.part}>
      <Button look="quiet" icon={isOn ? 'check' : 'repeat'} busy={busy} pressed={isOn} onPress={press}>
        {say(isOn ? 'boosted' : 'boost')}
      </Button>
    </section>
  );
}

function ServerPart({ status, onSent }: PartProps) {
  return (
    <section class={styles.part}>
      <h3>{say('server')}</h3>
      <p class={styles.hint}>{say('serverHint')}</p>
      <ServerChoice uri={status.uri} onGone={onSent} />
    </section>
  );
}

/** The code is drawn by a part that is fetched when somebody wants it. */
function QrPart({ link, onSaid }: SayingProps & { link: string }) {
  const [Code, setCode] = useState<ComponentType<{ text: string }>>();
  const load = () => {
    if (Code) return;
    import('./qr-code.tsx').then(
      (module) => setCode(() => module.QrCode),
      () => onSaid({ text: say('qrFailed'), isError: true }),
    );
  };
  return (
    <Unfolding title={say('qr')} onOpen={load}>
      {Code && <Code text={link} />}
    </Unfolding>
  );
}

function EmbedPart({ status, onSent, onSaid }: PartProps & SayingProps) {
  const code = embedCode(status, location.origin, titleOf(status));
  const copy = async () => {
    if (await copied(code, say('embedCopied'), { onSaid })) onSent();
  };
  return (
    <Unfolding title={say('embed')}>
      <label class={styles.text}>
        {say('embedLabel')}
        <textarea readOnly rows={5} value={code} onFocus={(event) => event.currentTarget.select()} />
      </label>
      <div class={styles.actions}>
        <Button icon="link" look="quiet" onPress={copy}>
          {say('embedCopy')}
        </Button>
      </div>
    </Unfolding>
  );
}

function Unfolding(props: { title: string; onOpen?: () => void; children: ComponentChildren }) {
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
