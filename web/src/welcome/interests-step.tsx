import { useState } from 'preact/hooks';
import type { ApiOutcome } from '../api/client.ts';
import { languageChoices, languageName, plainLanguage } from '../editing/languages.ts';
import { instance } from '../state/session.ts';
import { toast } from '../state/toasts.ts';
import { Button } from '../ui/button.tsx';
import { Field, Form, SelectField } from '../ui/field.tsx';
import { Failed, Loading } from '../ui/page.tsx';
import { useRemote } from '../ui/use-remote.ts';
import { welcomeCalls } from './calls.ts';
import { say } from './say.ts';
import { StepFrame } from './step-frame.tsx';
import { parseTopic, withOrWithout } from './topics.ts';
import styles from './welcome.module.css';

interface Known {
  readonly topics: readonly string[];
  readonly interests: readonly string[];
  readonly languages: readonly string[];
}

/** What is talked about here, and what was chosen before. Without topics one can still write some. */
async function load(): Promise<ApiOutcome<Known>> {
  const [settings, topics] = await Promise.all([welcomeCalls.settings(), welcomeCalls.topics()]);
  if (!settings.ok) return settings;
  const { interests, languages } = settings.value;
  return {
    ok: true,
    value: { interests, languages, topics: topics.ok ? topics.value.map(({ name }) => name) : [] },
  };
}

/** Asks for topics and languages, which For You begins with. */
export function InterestsStep({ onNext }: { onNext: () => void }) {
  const [remote, reload] = useRemote('interests', load);
  if (remote.state === 'loading') return <Loading />;
  if (remote.state === 'failed') {
    return <Failed failure={remote.failure} title={say('failed')} level={1} onRetry={reload} />;
  }
  return <Choose known={remote.value} onNext={onNext} />;
}

function Choose({ known, onNext }: { known: Known; onNext: () => void }) {
  const [interests, setInterests] = useState(known.interests);
  const [languages, setLanguages] = useState(known.languages);
  const [topics, setTopics] = useState([...new Set([...known.interests, ...known.topics])]);
  const [busy, setBusy] = useState(false);

  const addTopic = (topic: string) => {
    setTopics((all) => (all.includes(topic) ? all : [topic, ...all]));
    setInterests((chosen) => (chosen.includes(topic) ? chosen : [...chosen, topic]));
  };
  const save = async () => {
    setBusy(true);
    const outcome = await welcomeCalls.wish({ interests, languages });
    setBusy(false);
    if (!outcome.ok) return toast(outcome.sentence, 'error');
    onNext();
  };
  return (
    <StepFrame
      n={1}
      title={say('interestsTitle')}
      text={say('interestsText')}
      actions={
        <>
          <Button look="quiet" onPress={onNext}>
            {say('skip')}
          </Button>
          <Button busy={busy} onPress={save}>
            {busy ? say('saving') : say('next')}
          </Button>
        </>
      }
    >
      <section class={styles.part} aria-labelledby="topics">
        <h2 id="topics">{say('topics')}</h2>
        {topics.length === 0 && <p class={styles.muted}>{say('topicsNone')}</p>}
        <Chips
          names={topics.map((topic) => ({ value: topic, name: `#${topic}` }))}
          chosen={interests}
          onChoose={setInterests}
        />
        <OwnTopic onAdd={addTopic} />
      </section>
      <Languages chosen={languages} onChoose={setLanguages} />
    </StepFrame>
  );
}

function OwnTopic({ onAdd }: { onAdd: (topic: string) => void }) {
  const [text, setText] = useState('');
  const [isBad, setBad] = useState(false);
  const add = () => {
    const topic = parseTopic(text);
    setBad(topic === null);
    if (topic === null) return;
    onAdd(topic);
    setText('');
  };
  return (
    <Form onSend={add} label={say('addTopic')}>
      <div class={styles.beside}>
        <Field
          label={say('ownTopic')}
          name="topic"
          value={text}
          onInput={setText}
          hint={say('ownTopicHint')}
          error={isBad ? say('ownTopicBad') : undefined}
          autocomplete="off"
          maxLength={100}
        />
        <Button type="submit" look="quiet" icon="plus">
          {say('add')}
        </Button>
      </div>
    </Form>
  );
}

/** Those of the reader, of this server and what was chosen, and below any other. */
function Languages(props: { chosen: readonly string[]; onChoose: (chosen: readonly string[]) => void }) {
  const { chosen, onChoose } = props;
  const locale = document.documentElement.lang;
  const [first] = useState(() => [
    ...new Set([...navigator.languages, ...(instance.value?.languages ?? []), ...chosen].map(plainLanguage)),
  ]);
  const shown = [...new Set([...first, ...chosen])];
  const others = languageChoices(locale, []).filter(({ value }) => !shown.includes(value));
  return (
    <section class={styles.part} aria-labelledby="languages">
      <h2 id="languages">{say('languages')}</h2>
      <p class={styles.muted}>{say('languagesHint')}</p>
      <Chips
        names={shown.map((value) => ({ value, name: languageName(value, locale) }))}
        chosen={chosen}
        onChoose={onChoose}
      />
      <SelectField
        label={say('moreLanguages')}
        value=""
        choices={[{ value: '', name: say('chooseLanguage') }, ...others]}
        onChoose={(value) => value !== '' && onChoose([...chosen, value])}
      />
    </section>
  );
}

/** Some of many, each a button that stays down. */
function Chips(props: {
  names: readonly { readonly value: string; readonly name: string }[];
  chosen: readonly string[];
  onChoose: (chosen: readonly string[]) => void;
}) {
  const { names, chosen, onChoose } = props;
  return (
    <ul class={styles.chips}>
      {names.map(({ value, name }) => (
        <li key={value}>
          <button
            type="button"
            class={styles.chip}
            aria-pressed={chosen.includes(value)}
            onClick={() => onChoose(withOrWithout(chosen, value))}
          >
            <bdi>{name}</bdi>
          </button>
        </li>
      ))}
    </ul>
  );
}
