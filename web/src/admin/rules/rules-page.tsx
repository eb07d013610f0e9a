import { useState } from 'preact/hooks';
import type { ContentRule } from '../../api/schema.gen.ts';
import { toast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { Failed, Loading, Notice, Page } from '../../ui/page.tsx';
import { useRemote } from '../../ui/use-remote.ts';
import { Badge } from '../parts/badge.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { allRules, removeRule, switchRule } from './calls.ts';
import { Raid } from './raid.tsx';
import { RuleEditor } from './rule-editor.tsx';
import styles from './rules.module.css';
import { say } from './say.ts';

/** Rules that act by themselves, and the switch against a wave of spam. */
export function RulesPage() {
  const [remote, reload, set] = useRemote('rules', allRules);
  const [editing, setEditing] = useState<ContentRule | 'new' | null>(null);
  const [removing, setRemoving] = useState<ContentRule | null>(null);
  const [busy, setBusy] = useState<string | null>(null);

  if (remote.state === 'failed') return <Failed failure={remote.failure} level={1} onRetry={reload} />;
  const rules = remote.state === 'ready' ? remote.value : [];

  const turn = async (rule: ContentRule) => {
    setBusy(rule.id);
    const outcome = await switchRule(rule);
    setBusy(null);
    if (!outcome.ok) return toast(outcome.sentence, 'error');
    const { enabled } = outcome.value;
    set(rules.map((other) => (other.id === rule.id ? { ...other, enabled } : other)));
  };
  const remove = async (rule: ContentRule) => {
    setBusy(rule.id);
    const outcome = await removeRule(rule.id);
    setBusy(null);
    setRemoving(null);
    if (!outcome.ok) return toast(outcome.sentence, 'error');
    toast(say('removed', { name: rule.name }));
    set(rules.filter(({ id }) => id !== rule.id));
  };

  return (
    <Page title={say('title')} width="wide">
      <Raid />
      <div class={styles.form}>
        <p>{say('intro')}</p>
        <div>
          <Button onPress={() => setEditing('new')}>{say('add')}</Button>
        </div>
      </div>
      {remote.state === 'loading' && <Loading />}
      {remote.state === 'ready' && rules.length === 0 && (
        <Notice icon="check" title={say('empty')} text={say('emptyText')} />
      )}
      {rules.length > 0 && (
        <RuleTable rules={rules} busy={busy} onEdit={setEditing} onTurn={turn} onRemove={setRemoving} />
      )}
      {editing && (
        <RuleEditor
          rule={editing === 'new' ? null : editing}
          onSaved={() => {
            setEditing(null);
            toast(say('saved'));
            reload();
          }}
          onClose={() => setEditing(null)}
        />
      )}
      {removing && (
        <ConfirmDialog
          title={say('removeTitle', { name: removing.name })}
          text={say('removeText')}
          action={say('remove')}
          busy={busy !== null}
          onConfirm={() => remove(removing)}
          onClose={() => setRemoving(null)}
        />
      )}
    </Page>
  );
}

interface RuleTableProps {
  readonly rules: readonly ContentRule[];
  readonly busy: string | null;
  readonly onEdit: (rule: ContentRule) => void;
  readonly onTurn: (rule: ContentRule) => void;
  readonly onRemove: (rule: ContentRule) => void;
}

function RuleTable({ rules, busy, onEdit, onTurn, onRemove }: RuleTableProps) {
  return (
    <DataTable
      label={say('title')}
      rows={rules}
      rowKey={({ id }) => id}
      head={{ title: say('name'), wide: true, cell: ({ name }) => <span dir="auto">{name}</span> }}
      columns={[
        { title: say('action'), cell: ({ action }) => say(action) },
        { title: say('scope'), cell: ({ scope }) => say(scope) },
        { title: say('hits'), isNumber: true, cell: ({ hits }) => hits },
        {
          title: say('state'),
          cell: ({ enabled }) => (
            <Badge tone={enabled ? 'good' : 'plain'}>{enabled ? say('on') : say('off')}</Badge>
          ),
        },
      ]}
      actions={(rule) => {
        const { name } = rule;
        return (
          <>
            <Button
              look="quiet"
              busy={busy === rule.id}
              label={rule.enabled ? say('turnOffWho', { name }) : say('turnOnWho', { name })}
              onPress={() => onTurn(rule)}
            >
              {rule.enabled ? say('turnOff') : say('turnOn')}
            </Button>
            <Button look="quiet" label={say('changeWho', { name })} onPress={() => onEdit(rule)}>
              {say('change')}
            </Button>
            <Button look="quiet" label={say('removeWho', { name })} onPress={() => onRemove(rule)}>
              {say('remove')}
            </Button>
          </>
        );
      }}
    />
  );
}
