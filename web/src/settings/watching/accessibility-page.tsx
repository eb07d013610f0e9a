import {
  captionsStyle,
  contrastChoice,
  letterKeys,
  motionChoice,
  textSize,
} from '../../state/preferences.ts';
import { Page } from '../../ui/page.tsx';
import { Switch } from '../../ui/switch.tsx';
import { RadioGroup, Section } from '../parts.tsx';
import styles from '../settings.module.css';
import { say } from './say.ts';

const AUTO = 'auto';
type OrAuto<T> = T | typeof AUTO;
const chosen = <T extends string>(value: OrAuto<T>) => (value === AUTO ? null : (value as T));

/** How the page looks and moves for whoever needs it otherwise. */
export function AccessibilityPage() {
  return (
    <Page title={say('accessibility')}>
      <p class={styles.muted}>{say('onDevice')}</p>
      <Section title={say('seeing')}>
        <div class={styles.stack}>
          <RadioGroup<OrAuto<'reduce' | 'allow'>>
            legend={say('motion')}
            value={motionChoice.value ?? AUTO}
            choices={[
              { value: AUTO, name: say('motionAuto') },
              { value: 'reduce', name: say('motionReduce'), hint: say('motionReduceHint') },
              { value: 'allow', name: say('motionAllow') },
            ]}
            onChoose={(value) => {
              motionChoice.value = chosen(value);
            }}
          />
          <Switch
            label={say('contrast')}
            hint={say('contrastHint')}
            checked={contrastChoice.value === 'more'}
            onChange={(on) => {
              contrastChoice.value = on ? 'more' : null;
            }}
          />
          <RadioGroup<OrAuto<'large' | 'larger'>>
            legend={say('textSize')}
            value={textSize.value ?? AUTO}
            choices={[
              { value: AUTO, name: say('textNormal') },
              { value: 'large', name: say('textLarge') },
              { value: 'larger', name: say('textLarger') },
            ]}
            onChoose={(value) => {
              textSize.value = chosen(value);
            }}
          />
          <RadioGroup<OrAuto<'large' | 'solid' | 'large-solid'>>
            legend={say('captionsStyle')}
            value={captionsStyle.value ?? AUTO}
            choices={[
              { value: AUTO, name: say('captionsNormal') },
              { value: 'large', name: say('captionsLarge') },
              { value: 'solid', name: say('captionsSolid') },
              { value: 'large-solid', name: say('captionsLargeSolid') },
            ]}
            onChoose={(value) => {
              captionsStyle.value = chosen(value);
            }}
          />
        </div>
      </Section>
      <Section title={say('keys')}>
        <Switch
          label={say('letterKeys')}
          hint={say('letterKeysHint')}
          checked={letterKeys.value !== 'off'}
          onChange={(on) => {
            letterKeys.value = on ? null : 'off';
          }}
        />
      </Section>
    </Page>
  );
}
