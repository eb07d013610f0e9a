import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { ApiOutcome } from '../../api/client.ts';
import type { Relay, RelayChange } from '../../api/schema.gen.ts';
import { absolute, count } from '../../format.ts';
import { toast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field, Form } from '../../ui/field.tsx';
import { Failed, Loading, Notice, Page } from '../../ui/page.tsx';
import { TimeAgo } from '../../ui/time-ago.tsx';
import { useRemote } from '../../ui/use-remote.ts';
import { Badge } from '../parts/badge.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { Section } from '../parts/detail.tsx';
import { may } from '../permissions.ts';
import { addRelay, relays, removeRelay, takeBack, turn } from './calls.ts';
import { say } from './say.ts';

/** What people call a relay: by its server. */
const nameOf = ({ inbox }: Relay): string => new URL(inbox).host;

/** Servers that pass on what others publish: asked, paused and removed. */
export function RelaysPage() {
  const [remote, retry, set] = useRemote('relays', relays);
  const [busy, setBusy] = useState<string | null>(null);
  const [leaving, setLeaving] = useState<Relay | null>(null);

  /** In place, so that nothing jumps. */
  const reload = async () => {
    const outcome = await relays();
    if (outcome.ok) set(outcome.value);
    else toast(outcome.sentence, 'error');
  };
  const undo = async (auditId: string) => {
    const outcome = await takeBack(auditId);
    if (!outcome.ok) toast(outcome.sentence, 'error');
    reload();
  };
  const run = async (
    relay: Relay,
    call: Promise<ApiOutcome<RelayChange>>,
    sentence: string,
    isUndoable: boolean,
  ) => {
    setBusy(relay.id);
    const outcome = await call;
    setBusy(null);
    if (!outcome.ok) return toast(outcome.sentence, 'error');
    const { audit_id: id } = outcome.value;
    const way = isUndoable && may('audit') ? { label: say('undo'), run: () => void undo(id) } : undefined;
    toast(sentence, 'info', way);
    reload();
  };
  const deeds = (relay: Relay) => {
    const what = nameOf(relay);
    const isPaused = relay.paused_at !== null;
    return (
      <>
        <Button
          look="quiet"
          busy={busy === relay.id}
          label={isPaused ? say('resumeWho', { what }) : say('pauseWho', { what })}
          onPress={() =>
            run(
              relay,
              turn(relay.id, isPaused ? 'resume' : 'pause'),
              isPaused ? say('isResumed', { what }) : say('isPaused', { what }),
              true,
            )
          }
        >
          {isPaused ? say('resume') : say('pause')}
        </Button>
        <Button look="quiet" label={say('removeWho', { what })} onPress={() => setLeaving(relay)}>
          {say('remove')}
        </Button>
      </>
    );
  };

  return (
    <Page title={say('title')} width="wide">
      <p>{say('intro')}</p>
      <Adding onAdded={reload} />
      {remote.state === 'loading' && <Loading />}
      {remote.state === 'failed' && <Failed failure={remote.failure} onRetry={retry} />}
      {remote.state === 'ready' && remote.value.length === 0 && (
        <Notice icon="globe" title={say('none')} text={say('noneText')} />
      )}
      {remote.state === 'ready' && remote.value.length > 0 && <Table rows={remote.value} actions={deeds} />}
      {leaving && (
        <Dialog title={say('removeTitle')} onClose={() => setLeaving(null)}>
          <p>{say('removeText', { what: nameOf(leaving) })}</p>
          <Button
            look="danger"
            onPress={() => {
              setLeaving(null);
              run(leaving, removeRelay(leaving.id), say('isRemoved', { what: nameOf(leaving) }), false);
            }}
          >
            {say('remove')}
          </Button>
        </Dialog>
      )}
    </Page>
  );
}

/** Asks a relay by its address; what is wrong with that stands at the field. */
function Adding({ onAdded }: { onAdded: () => void }) {
  const [address, setAddress] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const send = async () => {
    if (busy) return;
    setBusy(true);
    setError(undefined);
    const outcome = await addRelay(address.trim());
    setBusy(false);
    if (!outcome.ok) return setError(outcome.sentence);
    toast(say('asked', { what: address.trim() }));
    setAddress('');
    onAdded();
  };
  return (
    <Section title={say('add')}>
      <Form label={say('add')} onSend={send}>
        <Field
          label={say('address')}
          hint={say('addressHint')}
          name="address"
          value={address}
          error={error}
          required
          maxLength={1_024}
          onInput={setAddress}
        />
        <div>
          <Button type="submit" busy={busy}>
            {say('ask')}
          </Button>
        </div>
      </Form>
    </Section>
  );
}

interface TableProps {
  readonly rows: readonly Relay[];
  readonly actions: (relay: Relay) => ComponentChildren;
}

function Table({ rows, actions }: TableProps) {
  return (
    <DataTable
      label={say('title')}
      rows={rows}
      rowKey={({ id }) => id}
      head={{ title: say('relay'), wide: true, cell: ({ inbox }) => <bdi>{inbox}</bdi> }}
      columns={[
        { title: say('state'), cell: (relay) => <Standing relay={relay} /> },
        {
          title: say('last'),
          cell: ({ last_video_at: at }) => (at === null ? say('never') : <TimeAgo iso={at} />),
        },
        { title: say('today'), isNumber: true, cell: ({ videos_today: n }) => count(n) },
        { title: say('all'), isNumber: true, cell: ({ videos: n }) => count(n) },
        { title: say('trouble'), cell: troubleOf },
      ]}
      actions={actions}
    />
  );
}

function Standing({ relay: { state, paused_at: pausedAt } }: { relay: Relay }) {
  if (pausedAt !== null) return <Badge>{say('paused')}</Badge>;
  const tone = { accepted: 'good', rejected: 'bad', pending: 'plain' } as const;
  return <Badge tone={tone[state]}>{say(state)}</Badge>;
}

function troubleOf({ failing_since: since, last_error: error }: Relay): string {
  if (since !== null) return say('failing', { when: absolute(since) });
  return error ?? say('fine');
}
