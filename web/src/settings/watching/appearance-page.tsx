import { themeChoice } from '../../state/preferences.ts';
import { Page } from '../../ui/page.tsx';
import { RadioGroup } from '../parts.tsx';
import styles from '../settings.module.css';
import { say } from './say.ts';

const AUTO = 'auto';

/** Light or dark. */
export function AppearancePage() {
  return (
    <Page title={say('appearance')}>
      <p class={styles.muted}>{say('onDevice')}</p>
      <RadioGroup<'light' | 'dark' | typeof AUTO>
        legend={say('theme')}
        value={themeChoice.value ?? AUTO}
        choices={[
          { value: AUTO, name: say('themeAuto') },
          { value: 'light', name: say('themeLight') },
          { value: 'dark', name: say('themeDark') },
        ]}
        onChoose={(value) => {
          themeChoice.value = value === AUTO ? null : value;
        }}
      />
      <p class={`${styles.muted} ${styles.other}`}>{say('themeHint')}</p>
    </Page>
  );
}
