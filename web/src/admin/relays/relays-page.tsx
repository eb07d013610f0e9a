import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { Relay } from '../../api/schema.gen.ts';
import { absolute, count } from '../../format.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Failed, Loading, Notice, Page } from '../../ui/page.tsx';
import { TimeAgo } from '../../ui/time-ago.tsx';
import { AddressForm } from '../parts/address-form.tsx';
import { Badge } from '../parts/badge.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { useDeedsOnRows } from '../parts/deeds-on-rows.ts';
import { addRelay, relays, removeRelay, turn } from './calls.ts';
import { say } from './say.ts';

/** What people call a relay: by its server. */
const nameOf = ({ inbox }: Relay): string => new URL(inbox).host;

/** Servers that pass on what others publish: asked, paused and removed. */
export function RelaysPage() {
  const { remote, retry, reload, run, isBusy } = useDeedsOnRows('relays', relays);
  const [leaving, setLeaving] = useState<Relay | null>(null);

  const deeds = (relay: Relay) => {
    const what = nameOf(relay);
    const isPaused = relay.paused_at !== null;
    return (
      <>
        <Button
          look="quiet"
          busy={isBusy(relay)}
          label={isPaused ? say('resumeWho', { what }) : say('pauseWho', { what })}
          onPress={() =>
            run(relay, turn(relay.id, isPaused ? 'resume' : 'pause'), {
              sentence: isPaused ? say('isResumed', { what }) : say('isPaused', { what }),
              undo: say('undo'),
            })
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
      <AddressForm
        title={say('add')}
        field={{ name: 'address', label: say('address'), hint: say('addressHint'), maxLength: 1_024 }}
        action={say('ask')}
        send={addRelay}
        said={(what) => say('asked', { what })}
        onAdded={reload}
      />
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
              run(leaving, removeRelay(leaving.id), {
                sentence: say('isRemoved', { what: nameOf(leaving) }),
              });
            }}
          >
            {say('remove')}
          </Button>
        </Dialog>
      )}
    </Page>
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
