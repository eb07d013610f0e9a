import { useState } from 'preact/hooks';
import type { ApiOutcome } from '../api/client.ts';
import { Section } from '../settings/parts.tsx';
import styles from '../settings/settings.module.css';
import { useChange } from '../settings/use-change.ts';
import { useOptimistic } from '../settings/use-saving.ts';
import { instance } from '../state/session.ts';
import { toast } from '../state/toasts.ts';
import { Failed, Loading } from '../ui/page.tsx';
import { Switch } from '../ui/switch.tsx';
import { useRemote } from '../ui/use-remote.ts';
import { isInstalled, isIos } from './install.ts';
import {
  type Alerts,
  beginPush,
  canPush,
  changeAlerts,
  pushOfDevice,
  type Subscription,
  stopPush,
} from './push.ts';
import { say } from './say.ts';

const kinds = [
  { type: 'mention', words: 'pushMention' },
  { type: 'favourite', words: 'pushFavourite' },
  { type: 'follow', words: 'pushFollow' },
  { type: 'follow_request', words: 'pushFollowRequest' },
  { type: 'reblog', words: 'pushReblog' },
  { type: 'status', words: 'pushStatus' },
  { type: 'quote', words: 'pushQuote' },
  { type: 'update', words: 'pushUpdate' },
  { type: 'vireo.published', words: 'pushPublished' },
  { type: 'vireo.rejected', words: 'pushRejected' },
] as const;

/** Whether this device tells of what is new while the page is closed, and of what. */
export function PushSection() {
  if (canPush()) return <Possible />;
  return (
    <Section title={say('push')}>
      {/* On iOS only pages on the home screen may. */}
      <p class={styles.muted}>
        {isIos(navigator) && !isInstalled() ? say('pushIos') : say('pushImpossible')}
      </p>
    </Section>
  );
}

function Possible() {
  const [known, reload, set] = useRemote('push', pushOfDevice);
  return (
    <Section title={say('push')} text={say('pushText')}>
      {known.state === 'loading' && <Loading />}
      {known.state === 'failed' && <Failed failure={known.failure} onRetry={reload} />}
      {known.state === 'ready' && <OnOff subscription={known.value} onChange={set} />}
    </Section>
  );
}

interface Props {
  readonly subscription: Subscription | null;
  readonly onChange: (subscription: Subscription | null) => void;
}

function OnOff({ subscription, onChange }: Props) {
  const [busy, setBusy] = useState(false);
  const [isDenied, setDenied] = useState(Notification.permission === 'denied');
  const begin = async () => {
    const key = instance.value?.configuration.vapid.public_key;
    if (key === undefined) return;
    const begun = await beginPush(key);
    setDenied(begun === 'denied');
    if (begun === 'failed') toast(say('pushFailed'), 'error');
    else if (begun !== 'denied') tellOr(begun, onChange);
  };
  const toggle = async (on: boolean) => {
    if (busy) return;
    setBusy(true);
    if (on) await begin();
    else tellOr(await stopPush(), () => onChange(null));
    setBusy(false);
  };
  return (
    <>
      <Switch label={say('pushOn')} checked={subscription !== null} onChange={toggle} />
      <p role="status" class={styles.muted}>
        {isDenied && subscription === null && say('pushDenied')}
      </p>
      {subscription && <Kinds subscription={subscription} onChange={onChange} />}
    </>
  );
}

function tellOr<T>(outcome: ApiOutcome<T>, then: (value: T) => void): void {
  if (outcome.ok) then(outcome.value);
  else toast(outcome.sentence, 'error');
}

function Kinds({ subscription, onChange }: Props & { readonly subscription: Subscription }) {
  const change = useChange(subscription, changeAlerts, onChange);
  const [alerts, choose] = useOptimistic<Alerts>(subscription.alerts, change);
  return (
    <fieldset>
      <legend class={styles.legend}>{say('pushKinds')}</legend>
      {kinds.map(({ type, words }) => (
        <Switch
          key={type}
          label={say(words)}
          checked={alerts[type] === true}
          onChange={(told) => choose({ ...alerts, [type]: told })}
        />
      ))}
    </fieldset>
  );
}
