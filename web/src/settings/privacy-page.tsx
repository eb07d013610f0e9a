import { useState } from 'preact/hooks';
import type { CredentialAccount, FeedSettings } from '../api/types.ts';
import { me } from '../state/session.ts';
import { toast } from '../state/toasts.ts';
import { Button, ButtonLink } from '../ui/button.tsx';
import { ConfirmDialog } from '../ui/dialog.tsx';
import { Failed, Loading, Page } from '../ui/page.tsx';
import { useRemote } from '../ui/use-remote.ts';
import { changeMe } from './account.ts';
import { calls } from './calls.ts';
import { FindableSettings } from './findable.tsx';
import { RadioSetting, Section, SwitchSetting } from './parts.tsx';
import { say } from './say.ts';
import styles from './settings.module.css';

const visibilities = (['public', 'unlisted', 'private', 'direct'] as const).map((value) => ({
  value,
  name: say(value),
  hint: say(`${value}Hint`),
}));

/** Who sees what of an account and its clips. */
export function PrivacyPage() {
  const account = me.value;
  if (!account) return null;
  return (
    <Page title={say('privacy')}>
      <Section title={say('whoFollows')}>
        <SwitchSetting
          label={say('locked')}
          hint={say('lockedHint')}
          value={account.locked}
          save={(locked) => changeMe({ locked })}
        />
        <SwitchSetting
          label={say('hideNetwork')}
          hint={say('hideNetworkHint')}
          value={account.source.hide_collections}
          save={(hide_collections) => changeMe({ hide_collections })}
        />
        <SwitchSetting
          label={say('showLikes')}
          hint={say('showLikesHint')}
          value={account.shows_likes}
          save={(shows_likes) => changeMe({ shows_likes })}
        />
      </Section>
      <Section title={say('whoFinds')} text={say('whoFindsText')}>
        <FindableSettings />
      </Section>
      <NewClips account={account} />
      <History />
    </Page>
  );
}

function NewClips({ account: { source } }: { account: CredentialAccount }) {
  return (
    <Section title={say('newClips')} text={say('newClipsText')}>
      <div class={styles.stack}>
        <RadioSetting
          legend={say('whoSees')}
          value={source.privacy}
          choices={visibilities}
          save={(privacy) => changeMe({ source: { privacy } })}
        />
        <SwitchSetting
          label={say('sensitive')}
          value={source.sensitive}
          save={(sensitive) => changeMe({ source: { sensitive } })}
        />
        <fieldset>
          <legend class={styles.legend}>{say('whatOthersDo')}</legend>
          {(['download', 'duet', 'stitch', 'sound', 'ask'] as const).map((permission) => (
            <SwitchSetting
              key={permission}
              label={say(permission)}
              value={source.permissions[permission]}
              save={(allowed) => changeMe({ source: { permissions: { [permission]: allowed } } })}
            />
          ))}
          <p class={styles.muted}>{say('permissionsHint')}</p>
        </fieldset>
      </div>
    </Section>
  );
}

function History() {
  const [remote, reload, set] = useRemote('feed-settings', calls.feedSettings);
  return (
    <Section title={say('history')} text={say('historyText')}>
      {remote.state === 'loading' && <Loading />}
      {remote.state === 'failed' && <Failed failure={remote.failure} onRetry={reload} />}
      {remote.state === 'ready' && <HistorySettings settings={remote.value} onChange={set} />}
    </Section>
  );
}

function HistorySettings(props: { settings: FeedSettings; onChange: (settings: FeedSettings) => void }) {
  const [asks, setAsks] = useState(false);
  const [busy, setBusy] = useState(false);
  const keep = async (kept: boolean) => {
    const outcome = await calls.setFeedSettings({ history_paused: !kept });
    if (outcome.ok) props.onChange(outcome.value);
    return outcome;
  };
  const clear = async () => {
    setBusy(true);
    const outcome = await calls.clearHistory();
    setBusy(false);
    setAsks(false);
    if (outcome.ok) toast(say('historyCleared'));
    else toast(outcome.sentence, 'error');
  };
  return (
    <>
      <SwitchSetting
        label={say('keepHistory')}
        hint={say('keepHistoryHint')}
        value={!props.settings.history_paused}
        save={keep}
      />
      <div class={`${styles.actions} ${styles.other}`}>
        <ButtonLink href="/library/history" look="quiet" icon="clock">
          {say('toHistory')}
        </ButtonLink>
        <Button look="quiet" icon="trash" onPress={() => setAsks(true)}>
          {say('clearHistory')}
        </Button>
      </div>
      {asks && (
        <ConfirmDialog
          title={say('clearHistoryTitle')}
          text={say('clearHistoryText')}
          action={say('clearHistory')}
          busy={busy}
          onConfirm={clear}
          onClose={() => setAsks(false)}
        />
      )}
    </>
  );
}
