import { useEffect, useState } from 'preact/hooks';
import { otherApi } from '../../api/other-endpoints.ts';
import { lookAgainAtMe } from '../../state/session.ts';
import { toast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import styles from '../shell.module.css';
import { say } from './say.ts';

/** For somebody who has not confirmed the address, which is rare: what it says is fetched for them alone. */
export function ConfirmBanner() {
  const [busy, setBusy] = useState(false);

  useEffect(() => {
    // The mail is mostly read in another tab, or another program.
    const back = () => {
      if (document.visibilityState === 'visible') lookAgainAtMe();
    };
    document.addEventListener('visibilitychange', back);
    return () => document.removeEventListener('visibilitychange', back);
  }, []);

  const sendAgain = async () => {
    setBusy(true);
    const outcome = await otherApi.mailConfirmation();
    setBusy(false);
    if (outcome.ok) return toast(say('sent'));
    if (outcome.reason === 'email-confirmed') return lookAgainAtMe();
    toast(outcome.sentence, 'error');
  };

  return (
    <div class={`${styles.toast} ${styles.confirm}`}>
      <p>{say('first')}</p>
      <Button look="quiet" small busy={busy} onPress={sendAgain}>
        {say('again')}
      </Button>
    </div>
  );
}
