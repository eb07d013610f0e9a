import type { WatchEvent } from '../../api/endpoints.ts';
import type { Status } from '../../api/types.ts';
import { openPanel } from '../../state/panels.ts';
import { me } from '../../state/session.ts';
import { toast } from '../../state/toasts.ts';
import { clipPath } from '../../ui/links.ts';
import { Menu, type MenuItem } from '../../ui/menu.tsx';
import { setNotInterested, silence } from '../deeds.ts';
import { say as sayOfClip } from '../say.ts';
import { say } from './say.ts';

export interface ClipMenuProps {
  readonly status: Status;
  readonly source: WatchEvent['source'];
  readonly class?: string | undefined;
}

/** What one rarely does with a clip. */
export function ClipMenu({ status, source, class: className }: ClipMenuProps) {
  return <Menu class={className} icon="more" label={sayOfClip('more')} items={itemsOf(status, source)} />;
}

function itemsOf(status: Status, source: WatchEvent['source']): MenuItem[] {
  const { account } = status;
  const viewer = me.value;
  const isOther = account.id !== viewer?.id;
  const mayWish = viewer?.email_confirmed === true && isOther;
  const download = status.video?.download_url ?? null;
  const items: (MenuItem | false)[] = [
    mayWish && {
      label: say('notInterested'),
      icon: 'covered',
      onPress: () => setNotInterested(status),
    },
    source === 'for_you' && {
      label: say('why'),
      icon: 'info',
      onPress: () => openPanel({ name: 'why', status }),
    },
    { label: say('copyLink'), icon: 'link', onPress: () => copyLink(status) },
    download !== null && {
      label: say('download'),
      icon: 'download',
      onPress: () => save(download, status.id),
    },
    account.host !== null && {
      ...{ label: sayOfClip('openAt', { host: account.host }), icon: 'external', href: status.url },
    },
    mayWish && {
      ...{ label: say('mute', { acct: account.acct }), icon: 'mute' },
      onPress: () => silence(account, 'mute'),
    },
    mayWish && {
      ...{ label: say('block', { acct: account.acct }), icon: 'block', danger: true },
      onPress: () => silence(account, 'block'),
    },
    mayWish && {
      ...{ label: say('report'), icon: 'flag', danger: true },
      onPress: () => openPanel({ name: 'report', status }),
    },
  ];
  return items.filter((item) => item !== false);
}

/** Has the browser keep the file, by a name that says what it is of. */
function save(url: string, id: string): void {
  const link = document.createElement('a');
  link.href = url;
  link.download = `${location.hostname}-${id}.mp4`;
  link.click();
}

async function copyLink(status: Status): Promise<void> {
  const url = new URL(clipPath(status), location.origin).href;
  try {
    await navigator.clipboard.writeText(url);
    toast(say('linkCopied'));
  } catch {
    toast(say('linkNotCopied', { url }), 'error');
  }
}
