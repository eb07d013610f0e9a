import type { FeedSettings } from '../../api/types.ts';
import { languageChoices } from '../../editing/languages.ts';
import { LanguagePicker } from '../../language/language-picker.tsx';
import { me } from '../../state/session.ts';
import { Failed, Loading, Page } from '../../ui/page.tsx';
import { useRemote } from '../../ui/use-remote.ts';
import { changeMe } from '../account.ts';
import { calls } from '../calls.ts';
import { Section, SelectSetting } from '../parts.tsx';
import { useChange } from '../use-change.ts';
import { ClipLanguages } from './clip-languages.tsx';
import { say } from './say.ts';

const UNSAID = '';

/** The language of the page; and for who is signed in those of clips that are watched, and of one's own. */
export function LanguagePage() {
  return (
    <Page title={say('language')}>
      <Section title={say('languageOfPages')} text={say('languageOfPagesText')}>
        <LanguagePicker />
      </Section>
      {me.value && <LanguagesOfClips />}
    </Page>
  );
}

function LanguagesOfClips() {
  const [remote, reload, set] = useRemote('feed-settings', calls.feedSettings);
  const own = me.value?.source.language ?? UNSAID;
  const further = [...navigator.languages, ...(own === UNSAID ? [] : [own])];
  return (
    <>
      {remote.state === 'loading' && <Loading />}
      {remote.state === 'failed' && <Failed failure={remote.failure} onRetry={reload} />}
      {remote.state === 'ready' && <WatchedLanguages settings={remote.value} onChange={set} />}
      <Section title={say('languageOfMine')} text={say('languageOfMineText')}>
        <SelectSetting
          label={say('languageLabel')}
          value={own}
          choices={[
            { value: UNSAID, name: say('languageUnsaid') },
            ...languageChoices(document.documentElement.lang, further),
          ]}
          save={(language) => changeMe({ source: { language: language === UNSAID ? null : language } })}
        />
      </Section>
    </>
  );
}

function WatchedLanguages(props: { settings: FeedSettings; onChange: (settings: FeedSettings) => void }) {
  const change = useChange(props.settings, calls.setFeedSettings, props.onChange);
  return <ClipLanguages languages={props.settings.languages} change={change} />;
}
