import { useState } from 'preact/hooks';
import { store, stored } from '../state/stored.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Field, Form } from '../ui/field.tsx';
import { say } from './say.ts';
import { interactionUrl, serverHostOf } from './server-host.ts';
import styles from './share.module.css';

const HOME_SERVER = 'vireo.home-server';

interface ServerChoiceProps {
  /** What shall be opened there: the id of a clip, or `acct:name@server`. */
  readonly uri: string;
  /** Somebody went to their server. */
  readonly onGone?: () => void;
}

/** Asks once which server somebody is at home on, and leads there; the browser remembers it. */
export function ServerChoice({ uri, onGone }: ServerChoiceProps) {
  const [home, setHome] = useState(() => serverHostOf(stored(HOME_SERVER) ?? ''));
  const [written, setWritten] = useState('');
  const [error, setError] = useState<string>();
  const go = (host: string) => {
    store(HOME_SERVER, host);
    setHome(host);
    open(interactionUrl(host, uri), '_blank', 'noopener');
    onGone?.();
  };
  const send = () => {
    const host = serverHostOf(written);
    setError(host === null ? say('serverError') : undefined);
    if (host !== null) go(host);
  };
  if (home !== null) {
    const change = () => {
      setWritten(home);
      setHome(null);
    };
    return (
      <div class={styles.actions}>
        <Button look="quiet" icon="external" onPress={() => go(home)}>
          {say('serverKnown', { host: home })}
        </Button>
        <Button look="quiet" onPress={change}>
          {say('serverOther')}
        </Button>
      </div>
    );
  }
  return (
    <Form label={say('server')} onSend={send}>
      <Field
        label={say('serverLabel')}
        name="server"
        value={written}
        placeholder={say('serverPlaceholder')}
        maxLength={300}
        error={error}
        onInput={setWritten}
      />
      <div class={styles.actions}>
        <Button type="submit" look="quiet" icon="external">
          {say('serverGo')}
        </Button>
      </div>
    </Form>
  );
}

/** The same as a dialog of its own. */
export function ServerPicker(props: ServerChoiceProps & { title: string; onClose: () => void }) {
  const { uri, title, onClose } = props;
  return (
    <Dialog title={title} onClose={onClose}>
      <div class={styles.picker}>
        <p class={styles.hint}>{say('serverHint')}</p>
        <ServerChoice uri={uri} onGone={onClose} />
      </div>
    </Dialog>
  );
}
