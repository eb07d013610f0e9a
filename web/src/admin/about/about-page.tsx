import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { Setting } from '../../api/types.ts';
import { readDraft, writeDraft } from '../../state/drafts.ts';
import { boot, instance, me } from '../../state/session.ts';
import { toast } from '../../state/toasts.ts';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { Failed, Loading, Page } from '../../ui/page.tsx';
import { useRemote } from '../../ui/use-remote.ts';
import { Section } from '../parts/detail.tsx';
import { MarkdownField } from '../parts/markdown-field.tsx';
import { ReasonDialog } from '../parts/reason-dialog.tsx';
import { changeSettings, settings } from '../settings/calls.ts';
import { say as sayOfSettings } from '../settings/say.ts';
import { nameOf, SettingField } from '../settings/setting-field.tsx';
import settingStyles from '../settings/settings-page.module.css';
import styles from './about.module.css';
import { previewText } from './calls.ts';
import { ColorPreview } from './color-preview.tsx';
import { Pictures } from './pictures.tsx';
import { RulesEditor } from './rules-editor.tsx';
import { say } from './say.ts';
import { ThemePreview } from './theme-preview.tsx';

const PLAIN = ['INSTANCE_NAME', 'INSTANCE_DESCRIPTION', 'INSTANCE_EMAIL', 'INSTANCE_SOURCE_URL'];
const TEXTS = ['INSTANCE_ABOUT', 'INSTANCE_PRIVACY_POLICY'];
const RULES = 'INSTANCE_RULES';
const COLOR = 'ACCENT_COLOR';
const THEME = 'THEME_TOKENS';
const ALL = [...PLAIN, RULES, ...TEXTS, COLOR, THEME];

type Drafts = Readonly<Record<string, string | null>>;

/** What the server says of itself, and its colour: the same settings as on their page, with what helps to write them. */
export function AboutSettingsPage() {
  const [remote, reload, set] = useRemote('settings', settings);
  if (remote.state === 'failed') return <Failed failure={remote.failure} level={1} onRetry={reload} />;
  return (
    <Page title={say('title')} width="wide">
      <p>{say('intro')}</p>
      <p>
        <ButtonLink look="quiet" href="/about">
          {say('see')}
        </ButtonLink>
      </p>
      {remote.state === 'loading' ? <Loading /> : <Editor all={remote.value} onSaved={set} />}
      <Pictures />
    </Page>
  );
}

const draftName = (name: string) => `setting ${name}`;

/** Texts that were written and not saved, also on an earlier visit. */
function keptDrafts(account: string, all: readonly Setting[]): Drafts {
  const kept = all
    .filter(({ name, source }) => ALL.includes(name) && source !== 'environment')
    .map(({ name }) => [name, readDraft(account, draftName(name))] as const);
  return Object.fromEntries(kept.filter(([, text]) => text !== ''));
}

interface EditorProps {
  readonly all: readonly Setting[];
  readonly onSaved: (all: Setting[]) => void;
}

function Editor({ all, onSaved }: EditorProps) {
  const account = me.value?.id ?? '';
  const [drafts, setDrafts] = useState<Drafts>(() => keptDrafts(account, all));
  const [saving, setSaving] = useState<'no' | 'asks' | 'busy'>('no');
  const [problem, setProblem] = useState<string>();
  const changed = all.filter((setting) => isChanged(setting, drafts[setting.name]));

  const write = (name: string, value: string | null) => {
    writeDraft(account, draftName(name), value ?? '');
    setDrafts({ ...drafts, [name]: value });
  };
  const forget = () => {
    for (const name of ALL) writeDraft(account, draftName(name), '');
    setDrafts({});
  };
  const save = async (reason: string) => {
    setSaving('busy');
    setProblem(undefined);
    const changes = Object.fromEntries(changed.map(({ name }) => [name, textOf(name, drafts[name] ?? null)]));
    const outcome = await changeSettings(changes, reason);
    setSaving(outcome.ok ? 'no' : 'asks');
    if (!outcome.ok) return setProblem(outcome.sentence);
    forget();
    // Its style sheet stands in the head, which the server writes.
    if (COLOR in changes || THEME in changes) return location.reload();
    onSaved(outcome.value);
    toast(sayOfSettings('saved'));
    // Name and rules stand all over the page.
    instance.value = undefined;
    boot();
  };
  const shared = { all, drafts, write };
  return (
    <>
      {PLAIN.map((name) => (
        <Simple key={name} name={name} {...shared} />
      ))}
      <Section title={say('houseRules')}>
        <p>{say('houseRulesText')}</p>
        <OwnField name={RULES} {...shared}>
          {(_setting, text, onInput) => <RulesEditor text={text} onInput={onInput} />}
        </OwnField>
      </Section>
      {TEXTS.map((name) => (
        <OwnField key={name} name={name} {...shared}>
          {(setting, text, onInput) => (
            <MarkdownField
              label={nameOf(setting)}
              hint={say('kept')}
              name={name}
              value={text}
              maxLength={setting.control.max_length}
              onInput={onInput}
              preview={previewText}
            />
          )}
        </OwnField>
      ))}
      <Section title={say('look')}>
        <Simple name={COLOR} {...shared} />
        <p>{say('colorHint')}</p>
        <ColorPreview color={shownValue(all, COLOR, drafts)} />
        <Simple name={THEME} {...shared} />
        <p>{say('themeHint')}</p>
        <ThemePreview text={shownValue(all, THEME, drafts)} />
      </Section>
      {changed.length > 0 && (
        <div class={settingStyles.bar}>
          <span role="status">{sayOfSettings('changes', { n: changed.length })}</span>
          <Button look="quiet" onPress={forget}>
            {sayOfSettings('discard')}
          </Button>
          <Button onPress={() => setSaving('asks')}>{sayOfSettings('save')}</Button>
        </div>
      )}
      {saving !== 'no' && (
        <ReasonDialog
          title={sayOfSettings('saveTitle')}
          text={sayOfSettings('saveText')}
          action={sayOfSettings('save')}
          look="primary"
          busy={saving === 'busy'}
          problem={problem}
          onConfirm={save}
          onClose={() => setSaving('no')}
        >
          <ul class={styles.changes}>
            {changed.map((setting) => (
              <li key={setting.name}>{nameOf(setting)}</li>
            ))}
          </ul>
        </ReasonDialog>
      )}
    </>
  );
}

/** What was emptied has its default again; empty rules are none. */
function textOf(name: string, draft: string | null): string | null {
  const lines = (draft ?? '').split('\n');
  const text = name === RULES ? lines.filter((line) => line.trim() !== '').join('\n') : draft;
  return text === '' ? null : text;
}

function isChanged(setting: Setting, draft: string | null | undefined): boolean {
  if (draft === undefined) return false;
  const text = textOf(setting.name, draft);
  return text === null ? setting.source === 'staff' : text !== (setting.value ?? '');
}

function shownValue(all: readonly Setting[], name: string, drafts: Drafts): string {
  const setting = all.find((one) => one.name === name);
  const draft = drafts[name];
  return (draft === undefined ? setting?.value : (draft ?? setting?.default)) ?? '';
}

interface OneProps {
  readonly all: readonly Setting[];
  readonly name: string;
  readonly drafts: Drafts;
  readonly write: (name: string, value: string | null) => void;
}

function Simple({ all, name, drafts, write }: OneProps) {
  const setting = all.find((one) => one.name === name);
  if (!setting) return null;
  return <SettingField setting={setting} draft={drafts[name]} onDraft={(value) => write(name, value)} />;
}

interface OwnFieldProps extends OneProps {
  readonly children: (setting: Setting, text: string, onInput: (text: string) => void) => ComponentChildren;
}

/** A setting with a field of its own; as everywhere where the environment sets it. */
function OwnField({ children, ...one }: OwnFieldProps) {
  const setting = one.all.find(({ name }) => name === one.name);
  if (!setting || setting.source === 'environment') return <Simple {...one} />;
  return (
    <div class={styles.own}>
      {children(setting, shownValue(one.all, one.name, one.drafts), (text) => one.write(one.name, text))}
    </div>
  );
}
