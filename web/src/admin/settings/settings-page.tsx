import { useState } from 'preact/hooks';
import type { Setting } from '../../api/types.ts';
import { toast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { Failed, Loading, Notice, Page } from '../../ui/page.tsx';
import { useRemote } from '../../ui/use-remote.ts';
import { useAddressState } from '../parts/address-state.ts';
import { FilterBar, TextFilter } from '../parts/filter-bar.tsx';
import { ReasonDialog } from '../parts/reason-dialog.tsx';
import { changeSettings, settings } from './calls.ts';
import { say } from './say.ts';
import { groupName, nameOf, SettingField } from './setting-field.tsx';
import styles from './settings-page.module.css';

type Drafts = Readonly<Record<string, string | null>>;

/** What can be set while the server runs. Changes are gathered and saved together, all or none. */
export function SettingsPage() {
  const [remote, reload, set] = useRemote('settings', settings);
  const state = useAddressState();
  const [drafts, setDrafts] = useState<Drafts>({});
  const [saving, setSaving] = useState<'no' | 'asks' | 'busy'>('no');
  const [problem, setProblem] = useState<string>();
  if (remote.state === 'failed') return <Failed failure={remote.failure} level={1} onRetry={reload} />;
  if (remote.state === 'loading') {
    return (
      <Page title={say('title')}>
        <Loading />
      </Page>
    );
  }
  const all = remote.value;
  const changed = all.filter((setting) => isChanged(setting, drafts[setting.name]));
  const save = async (reason: string) => {
    setSaving('busy');
    const changes = Object.fromEntries(changed.map(({ name }) => [name, drafts[name] ?? null]));
    const outcome = await changeSettings(changes, reason);
    if (!outcome.ok) {
      setSaving('asks');
      return setProblem(outcome.sentence);
    }
    setSaving('no');
    setProblem(undefined);
    setDrafts({});
    set(outcome.value);
    toast(say('saved'));
  };
  return (
    <Page title={say('title')}>
      <p>{say('intro')}</p>
      <FilterBar state={state}>
        <TextFilter state={state} name="q" label={say('find')} />
      </FilterBar>
      <Groups
        list={found(all, state.get('q'))}
        drafts={drafts}
        onDraft={(name, value) => setDrafts({ ...drafts, [name]: value })}
      />
      {changed.length > 0 && (
        <div class={styles.bar}>
          <span role="status">{say('changes', { n: changed.length })}</span>
          <Button look="quiet" onPress={() => setDrafts({})}>
            {say('discard')}
          </Button>
          <Button onPress={() => setSaving('asks')}>{say('save')}</Button>
        </div>
      )}
      {saving !== 'no' && (
        <ReasonDialog
          title={say('saveTitle')}
          text={say('saveText')}
          action={say('save')}
          look="primary"
          busy={saving === 'busy'}
          problem={problem}
          onConfirm={save}
          onClose={() => {
            setSaving('no');
            setProblem(undefined);
          }}
        >
          <ul>
            {changed.map((setting) => (
              <li key={setting.name}>{nameOf(setting)}</li>
            ))}
          </ul>
        </ReasonDialog>
      )}
    </Page>
  );
}

interface GroupsProps {
  readonly list: readonly Setting[];
  readonly drafts: Drafts;
  readonly onDraft: (name: string, value: string | null) => void;
}

function Groups({ list, drafts, onDraft }: GroupsProps) {
  if (list.length === 0) return <Notice icon="search" title={say('nothing')} text={say('nothingText')} />;
  return (
    <>
      {[...new Set(list.map(({ group }) => group))].map((group) => (
        <section key={group} class={styles.group}>
          <h2>{groupName(group)}</h2>
          {list
            .filter((setting) => setting.group === group)
            .map((setting) => (
              <SettingField
                key={setting.name}
                setting={setting}
                draft={drafts[setting.name]}
                onDraft={(value) => onDraft(setting.name, value)}
              />
            ))}
        </section>
      ))}
    </>
  );
}

/** What is written as it was, or put back to a default that counts already, is no change. */
function isChanged({ source, value }: Setting, draft: string | null | undefined): boolean {
  if (draft === undefined) return false;
  return draft === null ? source === 'staff' : draft !== (value ?? '');
}

function found(all: readonly Setting[], words: string): readonly Setting[] {
  const wanted = words.toLowerCase();
  return all.filter(
    (setting) =>
      setting.name.toLowerCase().includes(wanted) || nameOf(setting).toLowerCase().includes(wanted),
  );
}
