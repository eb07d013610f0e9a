import type { EmailPreferences, NotificationPolicy } from '../../api/types.ts';
import { PushSection } from '../../device/push-section.tsx';
import { toast } from '../../state/toasts.ts';
import { ButtonLink } from '../../ui/button.tsx';
import { Choice } from '../../ui/field.tsx';
import { Failed, Loading, Page } from '../../ui/page.tsx';
import { Switch } from '../../ui/switch.tsx';
import { useRemote } from '../../ui/use-remote.ts';
import { calls } from '../calls.ts';
import { Section, SelectSetting } from '../parts.tsx';
import styles from '../settings.module.css';
import { useChange } from '../use-change.ts';
import { useOptimistic } from '../use-saving.ts';
import { say } from './say.ts';

/** Kinds of notifications, as they are told in the page. */
const kinds = [
  { type: 'follow', words: 'typeFollow' },
  { type: 'follow_request', words: 'typeFollowRequest' },
  { type: 'favourite', words: 'typeFavourite' },
  { type: 'reblog', words: 'typeReblog' },
  { type: 'vireo.comment', words: 'typeComment' },
  { type: 'vireo.reply', words: 'typeReply' },
  { type: 'mention', words: 'typeMention' },
  { type: 'status', words: 'typeStatus' },
  { type: 'quote', words: 'typeQuote' },
  { type: 'update', words: 'typeUpdate' },
  { type: 'vireo.published', words: 'typePublished' },
  { type: 'vireo.rejected', words: 'typeRejected' },
] as const;

const mailedKinds = kinds.flatMap(({ type, words }) =>
  type === 'vireo.comment' || type === 'vireo.reply' ? [] : [{ type, words }],
);

const sources = [
  'for_not_following',
  'for_not_followers',
  'for_new_accounts',
  'for_private_mentions',
  'for_limited_accounts',
] as const;

const verdicts = (['accept', 'filter', 'drop'] as const).map((value) => ({ value, name: say(value) }));
const rhythms = (['never', 'daily', 'weekly'] as const).map((value) => ({ value, name: say(value) }));

/** What somebody is told of, by whom, and by mail. */
export function NotificationsPage() {
  const [policy, reload, set] = useRemote('policy', calls.notificationPolicy);
  const [mail, reloadMail, setMail] = useRemote('mail', calls.emailPreferences);
  return (
    <Page title={say('notifications')}>
      <PushSection />
      {(policy.state === 'loading' || mail.state === 'loading') && <Loading />}
      {policy.state === 'failed' && <Failed failure={policy.failure} onRetry={reload} />}
      {policy.state === 'ready' && <PolicyParts policy={policy.value} onChange={set} />}
      {mail.state === 'failed' && <Failed failure={mail.failure} onRetry={reloadMail} />}
      {mail.state === 'ready' && <Mail preferences={mail.value} onChange={setMail} />}
    </Page>
  );
}

function PolicyParts(props: { policy: NotificationPolicy; onChange: (policy: NotificationPolicy) => void }) {
  const { policy } = props;
  const change = useChange(policy, calls.setNotificationPolicy, props.onChange);
  const [muted, mute] = useOptimistic(policy.muted_types, (muted_types) => change({ muted_types }));
  return (
    <>
      <Section title={say('kinds')}>
        {kinds.map(({ type, words }) => (
          <Switch
            key={type}
            label={say(words)}
            checked={!muted.includes(type)}
            onChange={(told) => {
              const others = muted.filter((one) => one !== type);
              mute(told ? others : [...others, type]);
            }}
          />
        ))}
      </Section>
      <Section title={say('policy')} text={say('policyText')}>
        <div class={styles.stack}>
          {sources.map((source) => (
            <SelectSetting
              key={source}
              label={say(source)}
              value={policy[source]}
              choices={verdicts}
              save={(verdict) => change({ [source]: verdict })}
            />
          ))}
        </div>
      </Section>
    </>
  );
}

function Mail(props: { preferences: EmailPreferences; onChange: (preferences: EmailPreferences) => void }) {
  const { email, digest, types, time_zone } = props.preferences;
  const change = useChange(props.preferences, calls.setEmailPreferences, props.onChange);
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const toggle = async (type: (typeof types)[number], wanted: boolean) => {
    const outcome = await change((now) => {
      const others = now.types.filter((one) => one !== type);
      return { types: wanted ? [...others, type] : others };
    });
    if (!outcome.ok) toast(outcome.sentence, 'error');
  };
  if (email === null) {
    return (
      <Section title={say('mail')} text={say('mailNone')}>
        <ButtonLink href="/settings/account" look="quiet">
          {say('toAccount')}
        </ButtonLink>
      </Section>
    );
  }
  return (
    <Section title={say('mail')} text={say('mailText', { zone: digest === 'never' ? here : time_zone })}>
      <div class={styles.stack}>
        <SelectSetting
          label={say('digest')}
          value={digest}
          choices={rhythms}
          save={(rhythm) => change({ digest: rhythm, time_zone: here })}
        />
        {digest !== 'never' && (
          <fieldset>
            <legend class={styles.legend}>{say('mailKinds')}</legend>
            {mailedKinds.map(({ type, words }) => (
              <Choice
                key={type}
                type="checkbox"
                name={type}
                checked={types.includes(type)}
                onChoose={(wanted) => toggle(type, wanted)}
              >
                {say(words)}
              </Choice>
            ))}
          </fieldset>
        )}
      </div>
    </Section>
  );
}
