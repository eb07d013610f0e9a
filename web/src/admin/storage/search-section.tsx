import { useState } from 'preact/hooks';
import type { AdminStorage } from '../../api/schema.gen.ts';
import { ago, bytes } from '../../format.ts';
import { toast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { Failed } from '../../ui/page.tsx';
import { useRemote } from '../../ui/use-remote.ts';
import { DataTable } from '../parts/data-table.tsx';
import { Section } from '../parts/detail.tsx';
import { findings, search } from './calls.ts';
import { say } from './say.ts';
import styles from './storage-page.module.css';

type Scan = AdminStorage['scan'];

/** Objects that nothing names, and names without an object: the last search, and another one. */
export function SearchSection({ scan, onAsked }: { scan: Scan; onAsked: () => void }) {
  const [asksToMend, setAsksToMend] = useState(false);
  const [busy, setBusy] = useState(false);
  const begin = async (mend: boolean) => {
    setBusy(true);
    const outcome = await search(mend);
    setBusy(false);
    setAsksToMend(false);
    if (!outcome.ok) return toast(outcome.sentence, 'error');
    toast(say('searchAsked'));
    onAsked();
  };
  const hasFound = scan !== null && scan.orphans + scan.missing > 0;
  return (
    <Section title={say('match')}>
      <p>{say('matchText')}</p>
      <p>{resultOf(scan)}</p>
      <div class={styles.buttons}>
        <Button busy={busy} onPress={() => begin(false)}>
          {say('search')}
        </Button>
        <Button look="quiet" busy={busy} onPress={() => setAsksToMend(true)}>
          {say('mend')}
        </Button>
      </div>
      {hasFound && <Findings key={scan.ended_at ?? scan.started_at} round={scan.ended_at ?? ''} />}
      {asksToMend && (
        <ConfirmDialog
          title={say('mendTitle')}
          text={say('mendText')}
          action={say('mend')}
          busy={busy}
          onConfirm={() => begin(true)}
          onClose={() => setAsksToMend(false)}
        />
      )}
    </Section>
  );
}

function resultOf(scan: Scan): string {
  if (scan === null) return say('neverSearched');
  if (scan.ended_at === null) return say('searching', { ago: ago(scan.started_at) });
  if (scan.error !== null) return say('searchFailed', { error: scan.error });
  const { objects, orphans, missing, mended } = scan;
  const size = bytes(scan.orphan_bytes);
  return say('searched', { ago: ago(scan.ended_at), objects, orphans, size, missing, mended });
}

const MENDED = { removed: 'removed', remaking: 'remaking', forgotten: 'forgotten' } as const;

function Findings({ round }: { round: string }) {
  const [remote, reload] = useRemote(`findings ${round}`, findings);
  if (remote.state === 'failed') return <Failed failure={remote.failure} onRetry={reload} />;
  if (remote.state === 'loading') return null;
  return (
    <DataTable
      label={say('findings')}
      rows={remote.value}
      rowKey={({ id }) => id}
      head={{ title: say('object'), wide: true, cell: ({ key }) => <bdi class={styles.key}>{key}</bdi> }}
      columns={[
        { title: say('problem'), cell: ({ problem }) => say(problem) },
        {
          title: say('size'),
          isNumber: true,
          cell: (found) => (found.bytes === null ? '–' : bytes(found.bytes)),
        },
        { title: say('mended'), cell: ({ mended }) => (mended ? say(MENDED[mended]) : say('notMended')) },
      ]}
    />
  );
}
