import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import type { ApiOutcome } from '../api/client.ts';
import type { Pack } from '../api/schema.gen.ts';
import { panel } from '../state/panels.ts';
import { me } from '../state/session.ts';
import { toast } from '../state/toasts.ts';
import { ConfirmDialog } from '../ui/dialog.tsx';
import { Menu, type MenuItem } from '../ui/menu.tsx';
import { packCalls } from './calls.ts';
import { FactsDialog } from './facts-dialog.tsx';
import { say } from './say.ts';

interface PackMenuProps {
  readonly pack: Pack;
  readonly onChange: (pack: Pack) => void;
}

const asked = ['leave', 'remove', 'takeDown'] as const;
type Asked = (typeof asked)[number];

/** Rare actions about a starter pack. */
export function PackMenu({ pack, onChange }: PackMenuProps) {
  const { route } = useLocation();
  const [open, setOpen] = useState<Asked | 'edit' | null>(null);
  const viewer = me.value;
  const may: Readonly<Record<Asked, boolean>> = {
    leave: pack.with_me,
    remove: pack.mine,
    takeDown: !pack.mine && viewer?.staff?.permissions.includes('reports') === true,
  };
  const items: readonly MenuItem[] = [
    ...(pack.mine ? [{ label: say('edit'), icon: 'pencil', onPress: () => setOpen('edit') } as const] : []),
    { label: say('exportJson'), icon: 'download', href: packCalls.exportPath(pack.id, 'json') },
    { label: say('exportCsv'), icon: 'download', href: packCalls.exportPath(pack.id, 'csv') },
    ...asked
      .filter((what) => may[what])
      .map((what) => ({
        ...({ label: say(what), icon: what === 'leave' ? 'leave' : 'trash', danger: true } as const),
        onPress: () => setOpen(what),
      })),
    ...(viewer && !pack.mine
      ? [
          {
            ...({ label: say('report'), icon: 'flag', danger: true } as const),
            onPress: () => {
              panel.value = { name: 'report', account: pack.account, part: { kind: 'pack', id: pack.id } };
            },
          },
        ]
      : []),
  ];
  const deeds: Readonly<Record<Asked, () => Promise<ApiOutcome<unknown>>>> = {
    async leave() {
      const outcome = await packCalls.leave(pack.id);
      if (outcome.ok) onChange(outcome.value);
      return outcome;
    },
    remove: () => packCalls.remove(pack.id),
    takeDown: () => packCalls.takeDown(pack.id),
  };
  const done = (what: Asked) => {
    setOpen(null);
    if (what === 'leave') return toast(say('left'));
    if (what === 'remove') toast(say('removed'));
    route('/packs');
  };
  return (
    <>
      <Menu label={say('menu')} icon="more" items={items} />
      {open === 'edit' && (
        <FactsDialog
          title={say('edit')}
          action={say('save')}
          first={pack}
          onClose={() => setOpen(null)}
          onSave={async (facts) => {
            const outcome = await packCalls.edit(pack.id, facts);
            if (outcome.ok) {
              onChange(outcome.value);
              setOpen(null);
            }
            return outcome;
          }}
        />
      )}
      {open !== null && open !== 'edit' && (
        <Confirm what={open} deed={deeds[open]} onDone={done} onClose={() => setOpen(null)} />
      )}
    </>
  );
}

interface ConfirmProps {
  readonly what: Asked;
  readonly deed: () => Promise<ApiOutcome<unknown>>;
  readonly onDone: (what: Asked) => void;
  readonly onClose: () => void;
}

function Confirm({ what, deed, onDone, onClose }: ConfirmProps) {
  const [busy, setBusy] = useState(false);
  const confirm = async () => {
    setBusy(true);
    const outcome = await deed();
    setBusy(false);
    if (outcome.ok) onDone(what);
    else toast(outcome.sentence, 'error');
  };
  return (
    <ConfirmDialog
      title={say(`${what}Title`)}
      text={say(`${what}Text`)}
      action={say(what)}
      busy={busy}
      onConfirm={confirm}
      onClose={onClose}
    />
  );
}
