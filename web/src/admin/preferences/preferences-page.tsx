import { Section, SelectSetting, SwitchSetting } from '../../settings/parts.tsx';
import { useChange } from '../../settings/use-change.ts';
import { Failed, Loading, Page } from '../../ui/page.tsx';
import { useRemote } from '../../ui/use-remote.ts';
import { prefer, preferences, type StaffPreferences } from './calls.ts';
import { say } from './say.ts';

/** How somebody of the staff likes to work: what they see of evidence, and when nobody disturbs. */
export function PreferencesPage() {
  const [remote, reload, set] = useRemote('preferences', preferences);
  return (
    <Page title={say('title')}>
      <p>{say('intro')}</p>
      {remote.state === 'loading' && <Loading />}
      {remote.state === 'failed' && <Failed failure={remote.failure} onRetry={reload} />}
      {remote.state === 'ready' && <Parts own={remote.value} onChange={set} />}
    </Page>
  );
}

interface PartsProps {
  readonly own: StaffPreferences;
  readonly onChange: (own: StaffPreferences) => void;
}

const NIGHT = { from: 22, until: 7 };
const HOURS = Array.from({ length: 24 }, (_, hour) => String(hour));

/** An hour as clocks show it in the language of the page. */
const hourName = (hour: string): string =>
  new Intl.DateTimeFormat(document.documentElement.lang, { timeStyle: 'short', timeZone: 'UTC' }).format(
    new Date(Number(hour) * 3_600_000),
  );

function Parts({ own, onChange }: PartsProps) {
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const change = useChange(own, prefer, onChange);
  const { quiet } = own;
  const zone = say('zone', { zone: own.time_zone });
  return (
    <>
      <Section title={say('evidence')} text={say('evidenceText')}>
        {(['blur', 'greyscale', 'mute'] as const).map((name) => (
          <SwitchSetting
            key={name}
            label={say(name)}
            value={own[name]}
            save={(value) => change({ [name]: value })}
          />
        ))}
      </Section>
      <Section title={say('quiet')} text={say('quietText')}>
        <SwitchSetting
          label={say('quietOn')}
          hint={quiet === null ? undefined : zone}
          value={quiet !== null}
          save={(isOn) => change({ quiet: isOn ? NIGHT : null, time_zone: here })}
        />
        {quiet && (
          <>
            {(['from', 'until'] as const).map((end) => (
              <SelectSetting
                key={end}
                label={say(end)}
                value={String(quiet[end])}
                choices={HOURS.map((value) => ({ value, name: hourName(value) }))}
                save={(hour) =>
                  change((now) => ({
                    quiet: { ...(now.quiet ?? quiet), [end]: Number(hour) },
                    time_zone: here,
                  }))
                }
              />
            ))}
            <SwitchSetting
              label={say('urgent')}
              hint={say('urgentHint')}
              value={own.urgent}
              save={(urgent) => change({ urgent })}
            />
          </>
        )}
      </Section>
      <Section title={say('mail')}>
        <SwitchSetting
          label={say('digest')}
          hint={own.digest ? `${say('digestHint')} ${zone}` : say('digestHint')}
          value={own.digest}
          save={(digest) => change({ digest, time_zone: here })}
        />
      </Section>
    </>
  );
}
