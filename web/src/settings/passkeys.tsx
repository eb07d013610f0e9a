import { useState } from 'preact/hooks';
import { api } from '../api/endpoints.ts';
import type { Passkey } from '../api/types.ts';
import { toast } from '../state/toasts.ts';
import { securityStrings as text } from '../strings-settings.ts';
import { Button } from '../ui/button.tsx';
import { ConfirmDialog, Dialog } from '../ui/dialog.tsx';
import { Field, Form } from '../ui/field.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { deviceName, hasPasskeys, makePasskey } from './passkey.ts';
import type { WithProof } from './proof.tsx';
import styles from './settings.module.css';

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
    makePasskey(proof, text.passkeyDefault(deviceName(navigator.userAgent))).then((made) => {
      setBusy(false);
      if (!made.ok) return toast(made.sentence, 'error');
      onChange([...passkeys, made.value]);
      toast(text.passkeyAdded);
      setDoing({ verb: 'rename', passkey: made.value });
    });
  };
  const done = (changed: Passkey[]) => {
    setDoing(null);
    onChange(changed);
  };

  return (
    <section class={styles.section} aria-labelledby="passkeys">
      <h2 id="passkeys">{text.passkeys}</h2>
      <p>{text.passkeysText}</p>
      {passkeys.length === 0 && <p>{text.passkeysNone}</p>}
      <ul class={styles.list}>
        {passkeys.map((passkey) => (
          <li key={passkey.id} class={styles.item}>
            <PasskeyFacts passkey={passkey} />
            <div class={styles.actions}>
              <Button
                look="quiet"
                label={text.renameWho(passkey.name)}
                onPress={() => setDoing({ verb: 'rename', passkey })}
              >
                {text.rename}
              </Button>
              <Button
                look="quiet"
                label={text.removeWho(passkey.name)}
                onPress={() => setDoing({ verb: 'remove', passkey })}
              >
                {text.remove}
              </Button>
            </div>
          </li>
        ))}
      </ul>
      {hasPasskeys() ? (
        <Button icon="key" busy={busy} onPress={() => withProof(add)}>
          {text.addPasskey}
        </Button>
      ) : (
        <p>{text.passkeysUnsupported}</p>
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
      <h3 dir="auto">{passkey.name}</h3>
      <p>
        {passkey.synced ? text.passkeySynced : text.passkeyHere} · {text.added}{' '}
        <TimeAgo iso={passkey.created_at} />
      </p>
      <p>
        {passkey.last_used_at === null ? (
          text.neverUsed
        ) : (
          <>
            {text.lastUsed} <TimeAgo iso={passkey.last_used_at} />
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
    api.renamePasskey(passkey.id, name.trim(), proof).then((outcome) => {
      setBusy(false);
      if (outcome.ok) onRenamed(outcome.value);
      else setProblem(outcome.fields.name ?? outcome.sentence);
    });
  };
  return (
    <Dialog title={text.renameTitle} onClose={onClose}>
      <Form onSend={() => withProof(save)} label={text.renameTitle}>
        <Field
          label={text.passkeyName}
          hint={text.passkeyNameHint}
          name="name"
          value={name}
          onInput={setName}
          error={problem}
          maxLength={MAX_NAME}
          required
          isNext
        />
        <Button type="submit" busy={busy} wide>
          {text.save}
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
    api.removePasskey(passkey.id, proof).then((outcome) => {
      setBusy(false);
      if (!outcome.ok) return toast(outcome.sentence, 'error');
      toast(text.removed);
      onRemoved();
    });
  };
  return (
    <ConfirmDialog
      title={text.removeTitle(passkey.name)}
      text={text.removeText}
      action={text.remove}
      busy={busy}
      onConfirm={() => withProof(remove)}
      onClose={onClose}
    />
  );
}
