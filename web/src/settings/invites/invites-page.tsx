import { useState } from 'preact/hooks';
import type { Invite } from '../../api/types.ts';
import { absolute } from '../../format.ts';
import { mayInvite } from '../../state/session.ts';
import { toast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { copyText } from '../../ui/copy-text.ts';
import { Failed, Loading, Notice, Page } from '../../ui/page.tsx';
import { useRemote } from '../../ui/use-remote.ts';
import { securityCalls } from '../security/calls.ts';
import styles from '../settings.module.css';
import { cameBy, whyOver } from './facts.ts';
import { NewInvite } from './new-invite.tsx';
import { say } from './say.ts';

/** As many as the server gives at a time where nobody asks for another number. */
const PAGE = 20;

/** Invites that one gives to others. */
export function InvitesPage() {
  if (mayInvite()) return <Invites />;
  return <Notice icon="person" title={say('title')} text={say('notYours')} level={1} />;
}

function Invites() {
  const [remote, reload, set] = useRemote('invites', () => securityCalls.invites());
  const [hasMore, setHasMore] = useState(true);
  const shown = remote.state === 'ready' ? remote.value : [];
  const more = async () => {
    const next = await securityCalls.invites(shown.at(-1)?.id);
    if (!next.ok) return toast(next.sentence, 'error');
    setHasMore(next.value.length >= PAGE);
    set([...shown, ...next.value]);
  };
  const end = async (invite: Invite) => {
    const outcome = await securityCalls.endInvite(invite.id);
    if (!outcome.ok) return toast(outcome.sentence, 'error');
    const revoked_at = new Date().toISOString();
    set(shown.map((one) => (one.id === invite.id ? { ...one, revoked_at } : one)));
  };

  return (
    <Page title={say('title')}>
      <p class={styles.muted}>{say('intro')}</p>
      <NewInvite onMade={(invite) => set([invite, ...shown])} />
      <section class={`${styles.section} ${styles.other}`} aria-labelledby="invites">
        <h2 id="invites">{say('list')}</h2>
        {remote.state === 'loading' && <Loading />}
        {remote.state === 'failed' && <Failed failure={remote.failure} onRetry={reload} />}
        {remote.state === 'ready' && shown.length === 0 && (
          <Notice icon="person" title={say('none')} text={say('noneText')} />
        )}
        <ul class={styles.list}>
          {shown.map((invite) => (
            <InviteItem key={invite.id} invite={invite} onEnd={() => end(invite)} />
          ))}
        </ul>
        {hasMore && shown.length >= PAGE && (
          <Button look="quiet" onPress={more}>
            {say('more')}
          </Button>
        )}
      </section>
    </Page>
  );
}

function InviteItem({ invite, onEnd }: { invite: Invite; onEnd: () => void }) {
  const over = whyOver(invite);
  return (
    <li class={styles.item}>
      <div class={styles.what}>
        <h3>{invite.code}</h3>
        <p>
          {cameBy(invite)}
          {over !== null && <> · {over}</>}
          {over === null && invite.expires_at !== null && (
            <>
              {' '}
              · {say('endsAt')} <time dateTime={invite.expires_at}>{absolute(invite.expires_at)}</time>
            </>
          )}
        </p>
      </div>
      {over === null && (
        <div class={styles.actions}>
          <Button
            look="quiet"
            icon="link"
            label={say('copyWho', { code: invite.code })}
            onPress={() => copyText(invite.url)}
          >
            {say('copy')}
          </Button>
          <Button look="quiet" label={say('endWho', { code: invite.code })} onPress={onEnd}>
            {say('end')}
          </Button>
        </div>
      )}
    </li>
  );
}
