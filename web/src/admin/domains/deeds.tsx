import { useState } from 'preact/hooks';
import type { DomainDeedEntry } from '../../api/schema.gen.ts';
import { count } from '../../format.ts';
import { toast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { Failed, Loading, Notice } from '../../ui/page.tsx';
import { TimeAgo } from '../../ui/time-ago.tsx';
import type { Remote } from '../../ui/use-remote.ts';
import { DataTable } from '../parts/data-table.tsx';
import { ReasonDialog } from '../parts/reason-dialog.tsx';
import { undo } from './calls.ts';
import { say } from './say.ts';

interface DeedsProps {
  readonly remote: Remote<DomainDeedEntry[]>;
  readonly onRetry: () => void;
  /** Something was taken back. */
  readonly onUndone: () => void;
}

/** What was decided lately, each to be taken back. */
export function Deeds({ remote, onRetry, onUndone }: DeedsProps) {
  const [undoing, setUndoing] = useState<DomainDeedEntry | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  if (remote.state === 'loading') return <Loading />;
  if (remote.state === 'failed') return <Failed failure={remote.failure} onRetry={onRetry} />;
  const entries = remote.value;
  if (entries.length === 0) return <Notice icon="clock" title={say('noDeeds')} text={say('noDeedsText')} />;

  const takeBack = async (entry: DomainDeedEntry, reason: string) => {
    setBusy(true);
    const outcome = await undo(entry.id, reason);
    setBusy(false);
    if (!outcome.ok) return setProblem(outcome.sentence);
    setUndoing(null);
    toast(say('undid', { count: outcome.value.changed, kept: outcome.value.kept.length }));
    onUndone();
  };

  return (
    <>
      <DataTable
        label={say('deeds')}
        rows={entries}
        rowKey={({ id }) => id}
        head={{ title: say('deed'), cell: (entry) => <bdi>{nameOf(entry)}</bdi> }}
        columns={[
          { title: say('changedDomains'), isNumber: true, cell: ({ domains }) => count(domains) },
          { title: say('when'), cell: ({ created_at }) => <TimeAgo iso={created_at} /> },
        ]}
        actions={(entry) =>
          entry.undone
            ? say('undone')
            : entry.domains > 0 && (
                <Button
                  look="quiet"
                  label={say('undoWho', { deed: nameOf(entry) })}
                  onPress={() => {
                    setProblem(undefined);
                    setUndoing(entry);
                  }}
                >
                  {say('undo')}
                </Button>
              )
        }
      />
      {undoing && (
        <ReasonDialog
          title={say('undoWho', { deed: nameOf(undoing) })}
          text={say('undoText')}
          action={say('undo')}
          busy={busy}
          problem={problem}
          onConfirm={(reason) => takeBack(undoing, reason)}
          onClose={() => setUndoing(null)}
        />
      )}
    </>
  );
}

const nameOf = ({ action, target }: DomainDeedEntry): string => `${action} ${target}`;
