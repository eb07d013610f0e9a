import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { ExchangePeer } from '../../api/schema.gen.ts';
import { count } from '../../format.ts';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { Failed, Loading, Notice } from '../../ui/page.tsx';
import { TimeAgo } from '../../ui/time-ago.tsx';
import { AddressForm } from '../parts/address-form.tsx';
import { Badge } from '../parts/badge.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { useDeedsOnRows } from '../parts/deeds-on-rows.ts';
import { Section } from '../parts/detail.tsx';
import { addPeer, peers, removePeer, turnPeer } from './calls.ts';
import { LeftOut } from './left-out.tsx';
import { say } from './say.ts';

/**
 * Servers that are asked what trends there: named, paused and removed, and what became of what they told. What stands below comes with
 * it, so that it does not jump.
 */
export function Peers({ children }: { children: ComponentChildren }) {
  const { remote, retry, reload, run, isBusy } = useDeedsOnRows('exchange peers', peers);
  const [leaving, setLeaving] = useState<ExchangePeer | null>(null);

  const undo = say('undo');
  const deeds = (peer: ExchangePeer) => {
    const what = peer.host;
    const isPaused = peer.paused_at !== null;
    return (
      <>
        <Button
          look="quiet"
          busy={isBusy(peer)}
          label={isPaused ? say('resumeWho', { what }) : say('pauseWho', { what })}
          onPress={() =>
            run(peer, turnPeer(peer.id, isPaused ? 'resume' : 'pause'), {
              sentence: isPaused ? say('isResumed', { what }) : say('isPaused', { what }),
              undo,
            })
          }
        >
          {isPaused ? say('resume') : say('pause')}
        </Button>
        <Button look="quiet" label={say('removeWho', { what })} onPress={() => setLeaving(peer)}>
          {say('remove')}
        </Button>
      </>
    );
  };

  return (
    <>
      <Section title={say('peers')}>
        {remote.state === 'loading' && <Loading />}
        {remote.state === 'failed' && <Failed failure={remote.failure} onRetry={retry} />}
        {remote.state === 'ready' && remote.value.length === 0 && (
          <Notice icon="globe" title={say('none')} text={say('noneText')} />
        )}
        {remote.state === 'ready' && remote.value.length > 0 && (
          <DataTable
            label={say('peers')}
            rows={remote.value}
            rowKey={({ id }) => id}
            head={{ title: say('host'), wide: true, cell: ({ host }) => <bdi>{host}</bdi> }}
            columns={[
              { title: say('state'), cell: (peer) => <Standing peer={peer} /> },
              {
                title: say('fetched'),
                cell: ({ fetched_at: at }) => (at === null ? say('never') : <TimeAgo iso={at} />),
              },
              { title: say('accepted'), isNumber: true, cell: ({ accepted: n }) => count(n) },
              { title: say('counting'), isNumber: true, cell: ({ counting: n }) => count(n) },
              { title: say('refused'), wide: true, cell: ({ refused }) => <LeftOut refused={refused} /> },
            ]}
            actions={deeds}
          />
        )}
      </Section>
      {remote.state !== 'loading' && (
        <>
          <AddressForm
            title={say('add')}
            field={{ name: 'host', label: say('host'), hint: say('hostHint'), maxLength: 300 }}
            action={say('ask')}
            send={addPeer}
            said={(what) => say('asked', { what })}
            onAdded={reload}
          />
          {children}
        </>
      )}
      {leaving && (
        <ConfirmDialog
          title={say('removeTitle')}
          text={say('removeText', { what: leaving.host })}
          action={say('remove')}
          busy={false}
          onClose={() => setLeaving(null)}
          onConfirm={() => {
            setLeaving(null);
            run(leaving, removePeer(leaving.id), {
              sentence: say('isRemoved', { what: leaving.host }),
              undo,
            });
          }}
        />
      )}
    </>
  );
}

function Standing({ peer: { paused_at: pausedAt, failure } }: { peer: ExchangePeer }) {
  if (pausedAt !== null) return <Badge>{say('paused')}</Badge>;
  if (failure === null) return <Badge tone="good">{say('on')}</Badge>;
  return (
    <>
      <Badge tone="bad">{say('failing')}</Badge> <span dir="auto">{failure}</span>
    </>
  );
}
