import { useState } from 'preact/hooks';
import type { Account } from '../api/types.ts';
import { feedAt, ShareDialog } from '../share/share-dialog.tsx';
import { reportAccount } from '../state/panels.ts';
import { relationships } from '../state/relationships.ts';
import { me } from '../state/session.ts';
import { toast } from '../state/toasts.ts';
import { ConfirmDialog } from '../ui/dialog.tsx';
import { profilePath } from '../ui/links.ts';
import { Menu, type MenuItem } from '../ui/menu.tsx';
import { relate } from './calls.ts';
import { say } from './say.ts';

/** Rare actions about somebody. */
export function ProfileMenu({ account, own }: { account: Account; own: boolean }) {
  const [blocking, setBlocking] = useState(false);
  const [sharing, setSharing] = useState(false);
  const { acct } = account;
  const items: readonly MenuItem[] = [
    { label: say('share'), icon: 'share', onPress: () => setSharing(true) },
    // Of those who do not allow it, no words are in the index.
    ...(account.indexable
      ? [{ label: say('searchClips', { acct }), icon: 'search', href: searchOf(acct) } as const]
      : []),
    ...(account.host
      ? [{ label: say('openAt', { host: account.host }), icon: 'external', href: account.url } as const]
      : []),
    ...(own ? [] : actionsAbout(account, () => setBlocking(true))),
  ];
  return (
    <>
      <Menu label={say('more', { acct })} icon="more" items={items} />
      {sharing && (
        <ShareDialog
          heading={say('shareTitle', { acct })}
          link={new URL(profilePath(account), location.origin).href}
          title={`${account.display_name || account.username} (@${acct})`}
          feed={account.host === null && account.indexable ? feedAt(`@${acct}`) : undefined}
          onClose={() => setSharing(false)}
        />
      )}
      {blocking && <BlockDialog account={account} onClose={() => setBlocking(false)} />}
    </>
  );
}

/** Where the clips of somebody are searched; what is looked for is written behind it. */
const searchOf = (acct: string) => `/search?q=${encodeURIComponent(`from:@${acct}`)}`;

/** What only somebody who is signed in can do. */
function actionsAbout(account: Account, onBlock: () => void): readonly MenuItem[] {
  const relationship = relationships.value.get(account.id);
  if (!me.value || !relationship) return [];
  const { acct } = account;
  const { muting, blocking } = relationship;
  const mute = muting ? 'unmute' : 'mute';
  return [
    { label: say(mute, { acct }), icon: muting ? 'soundOn' : 'mute', onPress: () => change(account, mute) },
    blocking
      ? { label: say('unblock', { acct }), icon: 'check', onPress: () => change(account, 'unblock') }
      : { label: say('block', { acct }), icon: 'block', danger: true, onPress: onBlock },
    {
      label: say('report', { acct }),
      icon: 'flag',
      danger: true,
      onPress: () => reportAccount(account),
    },
  ];
}

const DONE = { mute: 'muted', unmute: 'unmuted', block: 'blocked', unblock: 'unblocked' } as const;

async function change(account: Account, verb: keyof typeof DONE): Promise<boolean> {
  const outcome = await relate(account.id, verb);
  if (outcome.ok) toast(say(DONE[verb], { acct: account.acct }));
  else toast(outcome.sentence, 'error');
  return outcome.ok;
}

function BlockDialog({ account, onClose }: { account: Account; onClose: () => void }) {
  const [busy, setBusy] = useState(false);
  const { acct } = account;
  const block = async () => {
    setBusy(true);
    const isDone = await change(account, 'block');
    setBusy(false);
    if (isDone) onClose();
  };
  return (
    <ConfirmDialog
      title={say('blockTitle', { acct })}
      text={say('blockText')}
      action={say('blockConfirm')}
      busy={busy}
      onConfirm={block}
      onClose={onClose}
    />
  );
}
