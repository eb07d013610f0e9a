import { useState } from 'preact/hooks';
import type { Passkey } from '../../api/types.ts';
import { toast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog, Dialog } from '../../ui/dialog.tsx';
import { Field, Form } from '../../ui/field.tsx';
import { TimeAgo } from '../../ui/time-ago.tsx';
import { deviceName, hasPasskeys, makePasskey } from '../passkey.ts';
import styles from '../settings.module.css';
import { securityCalls } from './calls.ts';
import type { WithProof } from './proof.tsx';
import { say } from './say.ts';

/** What a passkey of this device is called until its person says otherwise. */
function nameOfNew(): string {
  const device = deviceName(navigator.userAgent);
  return device ? say('passkeyDefault', { device }) : say('passkeyPlain');
}

interface PasskeysProps {
  readonly passkeys: readonly Passkey[];
  readonly onChange: (passkeys: Passkey[]) => void;
  readonly withProof: WithProof;
}

/** How the server names its longest names. */
const MAX_NAME = 60;

/** What somebody is about to do with one of them. */
type Doing = { readonly verb: 'rename' | 'remove'; readonly passkey: Passkey } | null;

/** Passkeys of an account: added, named and removed. */
export function Passkeys({ passkeys, onChange, withProof }: PasskeysProps) {
  const [busy, setBusy] = useState(false);
  const [doing, setDoing] = useState<Doing>(null);

  const add = (proof: string) => {
    setBusy(true);
    makePasskey(proof, nameOfNew()).then((made) => {
      setBusy(false);
      if (!made.ok) return toast(made.sentence, 'error');
      onChange([...passkeys, made.value]);
      toast(say('passkeyAdded'));
      setDoing({ verb: 'rename', passkey: made.value });
    });
  };
  const done = (changed: Passkey[]) => {
    setDoing(null);
    onChange(changed);
  };

  return (
    <section class={styles.section} aria-labelledby="passkeys">
      <h2 id="passkeys">{say('passkeys')}</h2>
      <p>{say('passkeysText')}</p>
      {passkeys.length === 0 && <p>{say('passkeysNone')}</p>}
      <ul class={styles.list}>
        {passkeys.map((passkey) => (
          <li key={passkey.id} class={styles.item}>
            <PasskeyFacts passkey={passkey} />
            <div class={styles.actions}>
              <Button
                look="quiet"
                label={say('renameWho', { name: passkey.name })}
                onPress={() => setDoing({ verb: 'rename', passkey })}
              >
                {say('rename')}
              </Button>
              <Button
                look="quiet"
                label={say('removeWho', { name: passkey.name })}
                onPress={() => setDoing({ verb: 'remove', passkey })}
              >
                {say('remove')}
              </Button>
            </div>
          </li>
        ))}
      </ul>
      {hasPasskeys() ? (
        <Button icon="key" busy={busy} onPress={() => withProof(add)}>
          {say('addPasskey')}
        </Button>
      ) : (
        <p>{say('passkeysUnsupported')}</p>
      )}
      {doing?.verb === 'rename' && (
        <RenameDialog
          passkey={doing.passkey}
          withProof={withProof}
          onClose={() => setDoing(null)}
          onRenamed={(renamed) => done(passkeys.map((one) => (one.id === renamed.id ? renamed : one)))}
        />
      )}
      {doing?.verb === 'remove' && (
        <RemoveDialog
          passkey={doing.passkey}
          withProof={withProof}
          onClose={() => setDoing(null)}
          onRemoved={() => done(passkeys.filter(({ id }) => id !== doing.passkey.id))}
        />
      )}
    </section>
  );
}

function PasskeyFacts({ passkey }: { passkey: Passkey }) {
  return (
    <div class={styles.what}>
      <h3>
        <bdi>{passkey.name}</bdi>
      </h3>
      <p>
        {passkey.synced ? say('passkeySynced') : say('passkeyHere')} · {say('added')}{' '}
        <TimeAgo iso={passkey.created_at} />
      </p>
      <p>
        {passkey.last_used_at === null ? (
          say('neverUsed')
        ) : (
          <>
            {say('lastUsed')} <TimeAgo iso={passkey.last_used_at} />
          </>
        )}
      </p>
    </div>
  );
}

interface AboutOne {
  readonly passkey: Passkey;
  readonly withProof: WithProof;
  readonly onClose: () => void;
}

function RenameDialog(props: AboutOne & { onRenamed: (passkey: Passkey) => void }) {
  const { passkey, withProof, onClose, onRenamed } = props;
  const [name, setName] = useState(passkey.name);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const save = (proof: string) => {
    setBusy(true);
    securityCalls.renamePasskey(passkey.id, name.trim(), proof).then((outcome) => {
      setBusy(false);
      if (outcome.ok) onRenamed(outcome.value);
      else setProblem(outcome.fields.name ?? outcome.sentence);
    });
  };
  return (
    <Dialog title={say('renameTitle')} onClose={onClose}>
      <Form onSend={() => withProof(save)} label={say('renameTitle')}>
        <Field
          label={say('passkeyName')}
          hint={say('passkeyNameHint')}
          name="name"
          value={name}
          onInput={setName}
          error={problem}
          maxLength={MAX_NAME}
          required
          isNext
        />
        <Button type="submit" busy={busy} wide>
          {say('save')}
        </Button>
      </Form>
    </Dialog>
  );
}

function RemoveDialog(props: AboutOne & { onRemoved: () => void }) {
  const { passkey, withProof, onClose, onRemoved } = props;
  const [busy, setBusy] = useState(false);
  const remove = (proof: string) => {
    setBusy(true);
    securityCalls.removePasskey(passkey.id, proof).then((outcome) => {
      setBusy(false);
      if (!outcome.ok) return toast(outcome.sentence, 'error');
      toast(say('removed'));
      onRemoved();
    });
  };
  return (
    <ConfirmDialog
      title={say('removeTitle', { name: passkey.name })}
      text={say('removeText')}
      action={say('remove')}
      busy={busy}
      onConfirm={() => withProof(remove)}
      onClose={onClose}
    />
  );
}
