import { useState } from 'preact/hooks';
import { toast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { TimeAgo } from '../../ui/time-ago.tsx';
import { useAddressState } from '../parts/address-state.ts';
import { Section } from '../parts/detail.tsx';
import { List, useList } from '../parts/list.tsx';
import { AddForms } from './add-forms.tsx';
import { AT, type ListedMedia, remove } from './calls.ts';
import { ImportFile } from './import-file.tsx';
import { say } from './say.ts';

/** The list itself. */
export function Listed() {
  const state = useAddressState();
  const [remote, reload] = useList<ListedMedia>(AT, state);
  const [removing, setRemoving] = useState<ListedMedia | null>(null);
  const [busy, setBusy] = useState(false);
  const takeAway = async ({ id }: ListedMedia) => {
    setBusy(true);
    const outcome = await remove(id);
    setBusy(false);
    setRemoving(null);
    if (!outcome.ok) return toast(outcome.sentence, 'error');
    toast(say('removed'));
    reload();
  };
  return (
    <>
      <Section title={say('add')}>
        <AddForms onAdded={reload} />
      </Section>
      <Section title={say('file')}>
        <ImportFile onApplied={reload} />
      </Section>
      <Section title={say('list')}>
        <List
          state={state}
          remote={remote}
          onRetry={reload}
          empty={{ icon: 'check', title: say('none'), text: say('noneText') }}
          label={say('list')}
          rowKey={({ id }) => id}
          head={{ title: say('entry'), cell: (entry) => <span dir="auto">{nameOf(entry)}</span> }}
          columns={[
            { title: say('how'), cell: howOf },
            {
              title: say('sha256'),
              wide: true,
              cell: ({ sha256 }) => (sha256 === null ? '–' : <code dir="ltr">{sha256}</code>),
            },
            { title: say('since'), cell: ({ created_at: at }) => <TimeAgo iso={at} /> },
          ]}
          actions={(entry) => (
            <Button
              look="quiet"
              label={say('removeWho', { what: nameOf(entry) })}
              onPress={() => setRemoving(entry)}
            >
              {say('remove')}
            </Button>
          )}
        />
      </Section>
      {removing && (
        <ConfirmDialog
          title={say('removeTitle')}
          text={say('removeText')}
          action={say('remove')}
          busy={busy}
          onConfirm={() => takeAway(removing)}
          onClose={() => setRemoving(null)}
        />
      )}
    </>
  );
}

const nameOf = ({ label }: ListedMedia): string => label || say('unnamed');

function howOf({
  sha256,
  frames,
  distance,
  sound_action: action,
  sound_seconds: seconds,
}: ListedMedia): string {
  const file = sha256 === null ? [] : [say('byFile')];
  const pictures = frames === 0 ? [] : [say('byPictures', { n: frames, distance })];
  const sound = action === null ? [] : [say('bySound', { action, n: seconds })];
  return [...file, ...pictures, ...sound].join('; ');
}
