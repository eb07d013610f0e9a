import { Section } from '../settings/parts.tsx';
import styles from '../settings/settings.module.css';
import { installPrompt } from '../state/installing.ts';
import { Button } from '../ui/button.tsx';
import { Page } from '../ui/page.tsx';
import { install, isInstalled, isIos } from './install.ts';
import { say } from './say.ts';
import { registration, takeNewVersion, waiting } from './updates.ts';

/** The page as an app on this device: how to install it, which version it is, and what is kept of it. */
export function AppPage() {
  return (
    <Page title={say('app')}>
      <p class={styles.muted}>{say('onDevice')}</p>
      <Section title={say('installTitle')} text={say('installText')}>
        <Installing />
      </Section>
      <Section title={say('version')}>
        {waiting.value ? (
          <>
            <p>{say('updateReady')}</p>
            <Button onPress={takeNewVersion}>{say('reload')}</Button>
          </>
        ) : (
          <p>{registration.value ? say('upToDate') : say('noWorker')}</p>
        )}
      </Section>
      <Section title={say('offlineTitle')} text={say('offlineText')}>
        {null}
      </Section>
    </Page>
  );
}

function Installing() {
  if (isInstalled()) return <p>{say('installed')}</p>;
  if (installPrompt.value) {
    return (
      <Button icon="download" onPress={install}>
        {say('install')}
      </Button>
    );
  }
  return <p>{isIos(navigator) ? say('installIos') : say('installHere')}</p>;
}
