import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { ApiOutcome } from '../../api/client.ts';
import { toast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { Failed, Loading, Notice } from '../../ui/page.tsx';
import { useRemote } from '../../ui/use-remote.ts';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { SomeRows } from '../parts/some-rows.tsx';
import { say as sayAdmin } from '../say.ts';
import { AddDialog } from './add-dialog.tsx';
import { add, type Kind, remove } from './calls.ts';
import styles from './joining.module.css';
import { say } from './say.ts';

interface BlockListProps<T> {
  readonly kind: Kind;
  readonly load: () => Promise<ApiOutcome<T[]>>;
  /** What it is about, as it is written. */
  readonly nameOf: (block: T) => string;
  /** What puts it back as it was. */
  readonly fieldsOf: (block: T) => object;
  readonly head: string;
  readonly columns: readonly Column<T>[];
  readonly deeds: (block: T, reload: () => void) => ComponentChildren;
}

/** One of the lists: found in, added to, and removed from, which can be taken back. */
export function BlockList<T extends { readonly id: string; readonly comment?: string }>(
  props: BlockListProps<T>,
) {
  const { kind, load, nameOf, fieldsOf, head, columns, deeds } = props;
  const [remote, retry, set] = useRemote(kind, load);
  const [wanted, setWanted] = useState('');
  const [isAdding, setAdding] = useState(false);
  if (remote.state === 'loading') return <Loading />;
  if (remote.state === 'failed') return <Failed failure={remote.failure} onRetry={retry} />;

  /** In place, so that a dialog that is open stays so. */
  const reload = async () => {
    const outcome = await load();
    if (outcome.ok) set(outcome.value);
    else toast(outcome.sentence, 'error');
  };
  const putBack = async (block: T) => {
    const outcome = await add(kind, fieldsOf(block));
    if (!outcome.ok) toast(outcome.sentence, 'error');
    reload();
  };
  const takeAway = async (block: T) => {
    const outcome = await remove(kind, block.id);
    if (!outcome.ok) return toast(outcome.sentence, 'error');
    const undo = { label: say('undo'), run: () => void putBack(block) };
    toast(say('removed', { what: nameOf(block) }), 'info', undo);
    reload();
  };
  const word = wanted.trim().toLowerCase();
  const rows = remote.value.filter((block) =>
    `${nameOf(block)} ${block.comment ?? ''}`.toLowerCase().includes(word),
  );
  return (
    <>
      <div class={styles.bar}>
        <Field label={sayAdmin('find')} name="find" value={wanted} onInput={setWanted} />
        <Button onPress={() => setAdding(true)}>{say('add')}</Button>
      </div>
      {remote.value.length === 0 && <Notice icon="check" title={say('nothing')} text={say('nothingText')} />}
      {remote.value.length > 0 && rows.length === 0 && <p role="status">{say('noMatch')}</p>}
      <SomeRows key={word} rows={rows}>
        {(shown) =>
          shown.length > 0 && (
            <DataTable
              label={say(kind)}
              rows={shown}
              rowKey={({ id }) => id}
              head={{ title: head, cell: (block) => <bdi>{nameOf(block)}</bdi> }}
              columns={columns}
              actions={(block) => (
                <>
                  {deeds(block, reload)}
                  <Button
                    look="quiet"
                    label={say('removeWho', { what: nameOf(block) })}
                    onPress={() => takeAway(block)}
                  >
                    {say('remove')}
                  </Button>
                </>
              )}
            />
          )
        }
      </SomeRows>
      {isAdding && <AddDialog kind={kind} onAdded={reload} onClose={() => setAdding(false)} />}
    </>
  );
}
