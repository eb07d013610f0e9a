import { useState } from 'preact/hooks';
import { api } from '../api/endpoints.ts';
import type { Invite } from '../api/types.ts';
import { absolute } from '../format.ts';
import { mayInvite } from '../state/session.ts';
import { toast } from '../state/toasts.ts';
import { inviteStrings as text } from '../strings-settings.ts';
import { Button } from '../ui/button.tsx';
import { Choice, Form, SelectField } from '../ui/field.tsx';
import { NeedsSession } from '../ui/needs-session.tsx';
import { Failed, Loading, Notice, Page } from '../ui/page.tsx';
import { useRemote } from '../ui/use-remote.ts';
import { copyText } from './copy-text.ts';
import styles from './settings.module.css';

/** As many as the server gives at a time where nobody asks for another number. */
const PAGE = 20;
const DAY_SECONDS = 24 * 3_600;
const ANY = '';

const usesChoices = [ANY, '1', '5', '10', '25', '50', '100'].map((value) => ({
  value,
  name: value === ANY ? text.usesAny : text.usesCount(Number(value)),
}));
const dayChoices = [ANY, '1', '7', '30', '90'].map((value) => ({
  value,
  name: value === ANY ? text.expiresNever : text.days(Number(value)),
}));

/** Invites that one gives to others. */
export function InvitesPage() {
  return (
    <NeedsSession title={text.title} text={text.needed}>
      {mayInvite() ? <Invites /> : <Notice icon="person" title={text.title} text={text.notYours} level={1} />}
    </NeedsSession>
  );
}

function Invites() {
  const [remote, reload, set] = useRemote('invites', () => api.invites());
  const [hasMore, setHasMore] = useState(true);
  const shown = remote.state === 'ready' ? remote.value : [];
  const more = async () => {
    const next = await api.invites(shown.at(-1)?.id);
    if (!next.ok) return toast(next.sentence, 'error');
    setHasMore(next.value.length >= PAGE);
    set([...shown, ...next.value]);
  };
  const end = async (invite: Invite) => {
    const outcome = await api.endInvite(invite.id);
    if (!outcome.ok) return toast(outcome.sentence, 'error');
    const revoked_at = new Date().toISOString();
    set(shown.map((one) => (one.id === invite.id ? { ...one, revoked_at } : one)));
  };

  return (
    <Page title={text.title}>
      <p class={styles.muted}>{text.intro}</p>
      <NewInvite onMade={(invite) => set([invite, ...shown])} />
      <section class={`${styles.section} ${styles.other}`} aria-labelledby="invites">
        <h2 id="invites">{text.list}</h2>
        {remote.state === 'loading' && <Loading />}
        {remote.state === 'failed' && <Failed failure={remote.failure} onRetry={reload} />}
        {remote.state === 'ready' && shown.length === 0 && (
          <Notice icon="person" title={text.none} text={text.noneText} />
        )}
        <ul class={styles.list}>
          {shown.map((invite) => (
            <InviteItem key={invite.id} invite={invite} onEnd={() => end(invite)} />
          ))}
        </ul>
        {hasMore && shown.length >= PAGE && (
          <Button look="quiet" onPress={more}>
            {text.more}
          </Button>
        )}
      </section>
    </Page>
  );
}

function NewInvite({ onMade }: { onMade: (invite: Invite) => void }) {
  const [uses, setUses] = useState(ANY);
  const [days, setDays] = useState('7');
  const [autofollow, setAutofollow] = useState(false);
  const [busy, setBusy] = useState(false);
  const make = async () => {
    setBusy(true);
    const outcome = await api.createInvite({
      max_uses: uses === ANY ? null : Number(uses),
      expires_in: days === ANY ? null : Number(days) * DAY_SECONDS,
      autofollow,
    });
    setBusy(false);
    if (!outcome.ok) return toast(outcome.sentence, 'error');
    toast(text.made);
    onMade(outcome.value);
  };
  return (
    <Form onSend={make} label={text.create}>
      <SelectField label={text.uses} value={uses} choices={usesChoices} onChoose={setUses} />
      <SelectField label={text.expires} value={days} choices={dayChoices} onChoose={setDays} />
      <Choice type="checkbox" name="autofollow" checked={autofollow} onChoose={setAutofollow}>
        {text.autofollow}
      </Choice>
      <div>
        <Button type="submit" busy={busy}>
          {text.create}
        </Button>
      </div>
    </Form>
  );
}

function InviteItem({ invite, onEnd }: { invite: Invite; onEnd: () => void }) {
  const over = whyOver(invite);
  return (
    <li class={styles.item}>
      <div class={styles.what}>
        <h3>{invite.code}</h3>
        <p>
          {text.came(invite.uses, invite.max_uses)}
          {over !== null && <> · {over}</>}
          {over === null && invite.expires_at !== null && (
            <>
              {' '}
              · {text.endsAt} <time dateTime={invite.expires_at}>{absolute(invite.expires_at)}</time>
            </>
          )}
        </p>
      </div>
      {over === null && (
        <div class={styles.actions}>
          <Button
            look="quiet"
            icon="link"
            label={text.copyWho(invite.code)}
            onPress={() => copyText(invite.url)}
          >
            {text.copy}
          </Button>
          <Button look="quiet" label={text.endWho(invite.code)} onPress={onEnd}>
            {text.end}
          </Button>
        </div>
      )}
    </li>
  );
}

function whyOver({ revoked_at, max_uses, uses, expires_at }: Invite): string | null {
  if (revoked_at !== null) return text.ended;
  if (max_uses !== null && uses >= max_uses) return text.usedUp;
  return expires_at !== null && Date.parse(expires_at) <= Date.now() ? text.ranOut : null;
}
