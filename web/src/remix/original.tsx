import type { ComponentChildren } from 'preact';
import type { ApiOutcome } from '../api/client.ts';
import { api } from '../api/endpoints.ts';
import type { RemixPermission, Status } from '../api/types.ts';
import { ButtonLink } from '../ui/button.tsx';
import { clipPath } from '../ui/links.ts';
import { Failed, Loading, Notice } from '../ui/page.tsx';
import { useRemote } from '../ui/use-remote.ts';
import { remixPermission } from './calls.ts';
import type { Kind } from './order.ts';
import { refusalOf } from './refusal.ts';
import { say } from './say.ts';

/** A clip that somebody answers to. */
export interface Original {
  readonly status: Status;
  /** Of its MP4. */
  readonly url: string;
  /** Seconds. */
  readonly duration: number;
  /** Of its picture, width by height. */
  readonly aspect: number;
  /** Its author agrees before anybody sees what was made from it. */
  readonly asks: boolean;
}

interface Found {
  readonly status: Status;
  readonly permission: RemixPermission['duet'];
}

async function find(kind: Kind, id: string): Promise<ApiOutcome<Found>> {
  const [status, permissions] = await Promise.all([api.clip(id), remixPermission(id)]);
  if (!status.ok) return status;
  if (!permissions.ok) return permissions;
  return { ok: true, value: { status: status.value, permission: permissions.value[kind] } };
}

function originalIn({ status, permission: { asks } }: Found): Original | null {
  const [media] = status.media_attachments;
  const { width, height, duration } = media?.meta.original ?? {};
  if (!media?.url || !width || !height || !duration) return null;
  return { status, asks, url: media.url, duration, aspect: width / height };
}

interface WithOriginalProps {
  readonly kind: Kind;
  readonly id: string;
  readonly children: (original: Original) => ComponentChildren;
  /** What can be done besides where the original cannot be used. */
  readonly otherwise?: ComponentChildren;
}

/** Shows its content once the original is there and may be used, and else says why not. */
export function WithOriginal({ kind, id, children, otherwise }: WithOriginalProps) {
  const [remote, reload] = useRemote(`${kind} ${id}`, () => find(kind, id));
  if (remote.state === 'loading') return <Loading />;
  if (remote.state === 'failed') {
    const { status } = remote.failure;
    if (status !== 404 && status !== 410) return <Failed failure={remote.failure} onRetry={reload} />;
    return (
      <Notice icon="trash" title={say('goneTitle')} text={say('gone')}>
        {otherwise ?? <ButtonLink href="/upload">{say('file')}</ButtonLink>}
      </Notice>
    );
  }
  const { status, permission } = remote.value;
  const original = originalIn(remote.value);
  if (permission.allowed && original) return <>{children(original)}</>;
  return (
    <Notice
      icon="shield"
      title={say('refusedTitle')}
      text={permission.allowed ? say('copying') : refusalOf(permission)}
    >
      {otherwise ?? <ButtonLink href={clipPath(status)}>{say('back')}</ButtonLink>}
    </Notice>
  );
}
