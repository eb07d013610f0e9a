import { useRef, useState } from 'preact/hooks';
import type { Status } from '../api/types.ts';
import { plainText } from '../format.ts';
import type { PanelProps } from '../state/panels.ts';
import { instance, me } from '../state/session.ts';
import { Button, ButtonLink } from '../ui/button.tsx';
import { clipPath, signInPath } from '../ui/links.ts';
import { SidePanel } from '../ui/side-panel.tsx';
import { boost, isBoosted } from './boosts.ts';
import { tellSent } from './calls.ts';
import { embedCode, isEmbeddable, isForEverybody } from './embed-code.ts';
import { copied, LinkPart, QrPart, type Said, SaidLine, type SayingProps, Unfolding } from './link-parts.tsx';
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
        <LinkPart label={say('link')} link={link} title={titleOf(status)} onSent={sent} onSaid={setSaid} />
        {!isOpen && <p class={styles.hint}>{say('followersOnly')}</p>}
        {isOpen && <BoostPart status={status} onSaid={setSaid} />}
        {isOpen && <ServerPart status={status} onSent={sent} />}
        <QrPart link={link} label={say('qrLabel')} onSaid={setSaid} />
        {isEmbeddable(status, instance.value) && <EmbedPart status={status} onSent={sent} onSaid={setSaid} />}
        <SaidLine said={said} />
      </div>
    </SidePanel>
  );
}

interface PartProps {
  readonly status: Status;
  readonly onSent: () => void;
}

const titleOf = (status: Status): string =>
  (status.sensitive ? '' : plainText(status.content)) || `@${status.account.acct}`;

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

function EmbedPart({ status, onSent, onSaid }: PartProps & SayingProps) {
  const code = embedCode(status, location.origin, titleOf(status));
  const copy = async () => {
    if (await copied(code, say('embedCopied'), { onSaid })) onSent();
  };
  return (
    <Unfolding title={say('embed')}>
      <label class={styles.text}>
        {say('embedLabel')}
        <textarea
          dir="ltr"
          readOnly
          rows={5}
          value={code}
          onFocus={(event) => event.currentTarget.select()}
        />
      </label>
      <div class={styles.actions}>
        <Button icon="link" look="quiet" onPress={copy}>
          {say('embedCopy')}
        </Button>
      </div>
    </Unfolding>
  );
}
