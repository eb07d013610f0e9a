import { useState } from 'preact/hooks';
import type { Account } from '../api/types.ts';
import { interactionUrl, serverHostOf } from '../share/server-host.ts';
import { stored, store } from '../state/preferences.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Field, Form } from '../ui/field.tsx';
import { say } from './say.ts';

/** As what is shared: somebody is at home on one server. */
const HOME_SERVER = 'vireo.home-server';

/** Leads somebody who has an account elsewhere there, to follow from there. The browser remembers where that is. */
export function RemoteFollowDialog({ account, onClose }: { account: Account; onClose: () => void }) {
  const [written, setWritten] = useState(() => serverHostOf(stored(HOME_SERVER) ?? '') ?? '');
  const [error, setError] = useState<string>();
  const go = () => {
    const host = serverHostOf(written);
    if (host === null) return setError(say('remoteError'));
    store(HOME_SERVER, host);
    open(interactionUrl(host, account.uri), '_blank', 'noopener');
    onClose();
  };
  return (
    <Dialog title={say('remoteTitle', { acct: account.acct })} onClose={onClose}>
      <Form label={say('remoteTitle', { acct: account.acct })} onSend={go}>
        <p>{say('remoteText')}</p>
        <Field
          label={say('remoteLabel')}
          name="server"
          value={written}
          onInput={setWritten}
          error={error}
          placeholder="video.example"
          autocomplete="off"
          maxLength={300}
          isNext
          required
        />
        <Button type="submit">{say('remoteGo')}</Button>
      </Form>
    </Dialog>
  );
}
