import { useEffect, useState } from 'preact/hooks';
import { me } from '../state/session.ts';
import type { ConfirmNotice } from './confirm-notice.tsx';

/** For somebody who has not confirmed the address, which is rare: what it says is fetched for them alone. */
export function ConfirmBanner() {
  const [Notice, setNotice] = useState<typeof ConfirmNotice>();
  const isWaiting = me.value?.email_confirmed === false;
  useEffect(() => {
    if (!isWaiting) return;
    import('./confirm-notice.tsx').then(
      (module) => setNotice(() => module.ConfirmNotice),
      // Without it the next visit says so.
      () => undefined,
    );
  }, [isWaiting]);
  return <div role="status">{isWaiting && Notice && <Notice />}</div>;
}
