import {
  autoplayChoice,
  browserSavesData,
  captionsChoice,
  dataSaverChoice,
  mobileQuality,
  playbackSpeed,
  startMuted,
} from '../../state/preferences.ts';
import { SelectField } from '../../ui/field.tsx';
import { Page } from '../../ui/page.tsx';
import { Switch } from '../../ui/switch.tsx';
import { RadioGroup, Section } from '../parts.tsx';
import styles from '../settings.module.css';
import { say } from './say.ts';

/** What stands for nothing chosen, where a control needs a word. */
const AUTO = 'auto';
type OrAuto<T> = T | typeof AUTO;
const chosen = <T extends string>(value: OrAuto<T>) => (value === AUTO ? null : (value as T));

const number = new Intl.NumberFormat(document.documentElement.lang);
const speeds = (['0.5', '0.75', AUTO, '1.25', '1.5', '2'] as const).map((value) => ({
  value,
  name: value === AUTO ? say('speedNormal') : say('speedTimes', { n: number.format(Number(value)) }),
}));
const sides = ([AUTO, '720', '480', '360'] as const).map((value) => ({
  value,
  name: value === AUTO ? say('mobileBest') : say('mobileSide', { side: value }),
}));

/** How clips play on this device, and how much is loaded for it. */
export function PlaybackPage() {
  return (
    <Page title={say('playback')}>
      <p class={styles.muted}>{say('onDevice')}</p>
      <Section title={say('playing')}>
        <Switch
          label={say('autoplay')}
          hint={say('autoplayHint')}
          checked={autoplayChoice.value !== 'off'}
          onChange={(on) => {
            autoplayChoice.value = on ? null : 'off';
          }}
        />
        <Switch
          label={say('startMuted')}
          checked={startMuted.value === 'on'}
          onChange={(on) => {
            startMuted.value = on ? 'on' : null;
          }}
        />
        <SelectField
          label={say('speed')}
          value={playbackSpeed.value ?? AUTO}
          choices={speeds}
          onChoose={(value) => {
            playbackSpeed.value = chosen(speeds.find((one) => one.value === value)?.value ?? AUTO);
          }}
        />
      </Section>
      <Section title={say('captions')}>
        <RadioGroup<OrAuto<'on' | 'off'>>
          legend={say('captionsShown')}
          value={captionsChoice.value ?? AUTO}
          choices={[
            { value: AUTO, name: say('captionsAuto') },
            { value: 'on', name: say('captionsOn') },
            { value: 'off', name: say('captionsOff') },
          ]}
          onChoose={(value) => {
            captionsChoice.value = chosen(value);
          }}
        />
      </Section>
      <DataPart />
    </Page>
  );
}

function DataPart() {
  return (
    <Section title={say('data')} text={say('saverText')}>
      <div class={styles.stack}>
        <RadioGroup<OrAuto<'on' | 'off'>>
          legend={say('saver')}
          value={dataSaverChoice.value ?? AUTO}
          choices={[
            {
              value: AUTO,
              name: say('saverAuto'),
              hint: say('saverAutoNow', { state: browserSavesData() ? 'on' : 'off' }),
            },
            { value: 'on', name: say('saverOn') },
            { value: 'off', name: say('saverOff') },
          ]}
          onChoose={(value) => {
            dataSaverChoice.value = chosen(value);
          }}
        />
        <SelectField
          label={say('mobile')}
          value={mobileQuality.value ?? AUTO}
          choices={sides}
          onChoose={(value) => {
            mobileQuality.value = chosen(sides.find((one) => one.value === value)?.value ?? AUTO);
          }}
        />
      </div>
    </Section>
  );
}
