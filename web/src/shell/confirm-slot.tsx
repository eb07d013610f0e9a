import { me } from '../state/session.ts';
import { useFetched } from './use-fetched.ts';

const banner = () => import('./confirm/confirm-banner.tsx').then((module) => module.ConfirmBanner);

/** What is still to do for somebody who has not confirmed the address. It is read out when it comes. */
export function ConfirmSlot() {
  const Banner = useFetched(me.value?.email_confirmed === false, banner);
  return <div role="status">{Banner && <Banner />}</div>;
}
