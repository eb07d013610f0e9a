import { useMemo, useState } from 'preact/hooks';
import type { ApiFailure } from '../../api/client.ts';
import type { WatchEvent } from '../../api/endpoints.ts';
import type { Sound } from '../../api/schema.gen.ts';
import type { RemixPermission, Status } from '../../api/types.ts';
import { remixPermission } from '../../remix/calls.ts';
import { remixesOf } from '../../remix/chain.ts';
import { type Kind, kinds } from '../../remix/order.ts';
import { refusalOf } from '../../remix/refusal.ts';
import { say as sayOfRemix } from '../../remix/say.ts';
import { loadSound } from '../../sounds/calls.ts';
import { say as sayOfSounds } from '../../sounds/say.ts';
import { openPanel } from '../../state/panels.ts';
import { me } from '../../state/session.ts';
import { toast } from '../../state/toasts.ts';
import { clipPath } from '../../ui/links.ts';
import { Menu, type MenuItem } from '../../ui/menu.tsx';
import { setNotInterested, silence } from '../deeds.ts';
import { say as sayOfClip } from '../say.ts';
import { isPinnable, isPinned, turnPin } from './pins.ts';
import { say } from './say.ts';

export interface ClipMenuProps {
  readonly status: Status;
  readonly source: WatchEvent['source'];
  readonly class?: string | undefined;
}

/** What one rarely does with a clip. */
export function ClipMenu({ status, source, class: className }: ClipMenuProps) {
  const [permissions, setPermissions] = useState<Permissions | ApiFailure | null>(null);
  const ask = async () => {
    // Asked once for each clip, and again where there was no answer.
    if (!me.peek() || (permissions && !('ok' in permissions))) return;
    setPermissions(await permissionsOf(status));
  };
  const items = useMemo(
    () => itemsOf(status, source, permissions),
    [status, source, permissions, me.value, isPinned(status)],
  );
  return <Menu class={className} icon="more" label={sayOfClip('more')} items={items} onOpen={ask} />;
}

/** What the viewer may make of a clip, and with its sound, where that is known. */
interface Permissions extends RemixPermission {
  readonly sound: Sound['use'];
}

async function permissionsOf({ id, video }: Status): Promise<Permissions | ApiFailure> {
  const [remix, sound] = await Promise.all([
    remixPermission(id),
    video?.sound ? loadSound(video.sound.id) : null,
  ]);
  if (!remix.ok) return remix;
  return { ...remix.value, sound: sound?.ok ? sound.value.use : null };
}

/** A clip with the sound of this one. */
function soundItem({ video }: Status, permissions: Permissions | ApiFailure | null): MenuItem | false {
  if (!video?.sound) return false;
  const item = { label: sayOfSounds('use'), icon: 'music' } as const;
  if (permissions === null) return { ...item, note: sayOfRemix('asking') };
  if ('ok' in permissions) return { ...item, note: permissions.sentence };
  const { sound } = permissions;
  if (!sound) return false;
  return sound.allowed
    ? { ...item, href: `/record?sound=${video.sound.id}` }
    : { ...item, note: refusalOf(sound) };
}

/** A duet or a stitch of a clip: the way to it, or why there is none. */
function remixItem(kind: Kind, id: string, permissions: Permissions | ApiFailure | null): MenuItem {
  const item = { label: sayOfRemix(kind), icon: 'duet' } as const;
  if (permissions === null) return { ...item, note: sayOfRemix('asking') };
  if ('ok' in permissions) return { ...item, note: permissions.sentence };
  const permission = permissions[kind];
  return permission.allowed
    ? { ...item, href: `/record?${kind}=${id}` }
    : { ...item, note: refusalOf(permission) };
}

function itemsOf(
  status: Status,
  source: WatchEvent['source'],
  permissions: Permissions | ApiFailure | null,
): MenuItem[] {
  const { account } = status;
  const viewer = me.value;
  const remixes = remixesOf(status);
  const isOther = account.id !== viewer?.id;
  const mayWish = viewer?.email_confirmed === true && isOther;
  const download = status.video?.download_url ?? null;
  const items: (MenuItem | false)[] = [
    mayWish && {
      label: say('notInterested'),
      icon: 'covered',
      onPress: () => setNotInterested(status),
    },
    viewer?.email_confirmed === true && {
      label: say('saveTo'),
      icon: 'bookmark',
      onPress: () => openPanel({ name: 'save', status }),
    },
    source === 'for_you' && {
      label: say('why'),
      icon: 'info',
      onPress: () => openPanel({ name: 'why', status }),
    },
    ...(viewer ? kinds.map((kind) => remixItem(kind, status.id, permissions)) : []),
    viewer !== null && viewer !== undefined && soundItem(status, permissions),
    remixes > 0 && {
      ...{ label: sayOfRemix('list', { n: remixes }), icon: 'duet' },
      href: `${clipPath(status)}/remixes`,
    },
    !isOther &&
      isPinnable(status) && {
        ...{ label: say(isPinned(status) ? 'unpin' : 'pin'), icon: 'pin' },
        onPress: () => turnPin(status),
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
