import { useLayoutEffect, useState } from 'preact/hooks';
import type { FeedSettings } from '../../api/types.ts';
import { toast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { Failed, Loading, Page } from '../../ui/page.tsx';
import { useRemote } from '../../ui/use-remote.ts';
import { calls } from '../calls.ts';
import { RangeField, Section, SettingsForm, SwitchSetting } from '../parts.tsx';
import styles from '../settings.module.css';
import { type Change, useChange } from '../use-change.ts';
import { useOptimistic, useSaving } from '../use-saving.ts';
import { Chips } from './chips.tsx';
import { ClipLanguages } from './clip-languages.tsx';
import { say } from './say.ts';
import { LAST_STEP, likelySliders, moved, type Slider, sourceSliders, stepOf } from './sliders.ts';

/** As many as the server keeps. */
const MAX_INTERESTS = 50;

/** What For you goes by. */
export function FeedSettingsPage() {
  const [remote, reload, set] = useRemote('feed-settings', calls.feedSettings);
  return (
    <Page title={say('feed')}>
      {remote.state === 'loading' && <Loading />}
      {remote.state === 'failed' && <Failed failure={remote.failure} onRetry={reload} />}
      {remote.state === 'ready' && <FeedParts settings={remote.value} onChange={set} />}
    </Page>
  );
}

function FeedParts(props: { settings: FeedSettings; onChange: (settings: FeedSettings) => void }) {
  const { settings } = props;
  const change = useChange(settings, calls.setFeedSettings, props.onChange);
  return (
    <>
      <Section title={say('forYou')}>
        <SwitchSetting
          label={say('personal')}
          hint={say('personalHint')}
          value={settings.personal}
          save={(personal) => change({ personal })}
        />
        <SwitchSetting
          label={say('forYouList')}
          hint={say('forYouListHint')}
          value={settings.for_you_list}
          save={(for_you_list) => change({ for_you_list })}
        />
        <p class={styles.other}>
          {/* A page of the server, not of this one. */}
          <a href="/about/algorithm" target="_top">
            {say('toAlgorithm')}
          </a>
        </p>
        <p class={styles.muted}>{say('toAlgorithmText')}</p>
      </Section>
      <Interests interests={settings.interests} change={change} />
      <ClipLanguages languages={settings.languages} change={change} />
      <Sliders sliders={settings.sliders} change={change} />
      <Reset />
    </>
  );
}

function Interests(props: { interests: readonly string[]; change: Change<FeedSettings> }) {
  const { interests, change } = props;
  const [tag, setTag] = useState('');
  const { busy, errors, run } = useSaving(['interests']);
  const add = async () => {
    const name = tag.trim().replace(/^#/, '');
    if (name === '') return;
    if (await run(() => change((now) => ({ interests: [...now.interests, name] })))) setTag('');
  };
  const remove = async (gone: string) => {
    const outcome = await change((now) => ({ interests: now.interests.filter((one) => one !== gone) }));
    if (!outcome.ok) toast(outcome.sentence, 'error');
  };
  return (
    <Section title={say('interests')} text={say('interestsText')}>
      <Chips items={interests} nameOf={(one) => `#${one}`} none={say('interestsNone')} onRemove={remove} />
      <SettingsForm label={say('interests')} errors={errors} onSend={add}>
        <div class={styles.inline}>
          <Field
            label={say('interest')}
            name="interest"
            value={tag}
            onInput={setTag}
            hint={say('interestHint', { max: MAX_INTERESTS })}
            error={errors.at.interests}
            maxLength={200}
          />
          <Button type="submit" look="quiet" busy={busy}>
            {say('add')}
          </Button>
        </div>
      </SettingsForm>
    </Section>
  );
}

function Sliders(props: { sliders: FeedSettings['sliders']; change: Change<FeedSettings> }) {
  const { sliders, change } = props;
  const [shown, choose] = useOptimistic<Readonly<Record<string, number>>>(sliders, (wanted) =>
    change({ sliders: wanted }),
  );
  const isNormal = Object.keys(shown).length === 0;
  const group = (title: string, of: readonly Slider[]) => (
    <fieldset>
      <legend class={styles.legend}>{title}</legend>
      <div class={styles.stack}>
        {of.map((slider) => (
          <FactorSlider
            key={slider.name}
            slider={slider}
            factor={shown[slider.name] ?? 1}
            onSet={(step) => choose({ ...moved(shown, slider.name, step) })}
          />
        ))}
      </div>
    </fieldset>
  );
  return (
    <Section title={say('sliders')} text={say('slidersText')}>
      <div class={styles.stack}>
        {group(say('slidersMore'), sourceSliders)}
        {group(say('slidersLikely'), likelySliders)}
        <div>
          <Button look="quiet" busy={isNormal} onPress={() => choose({})}>
            {say('toNormal')}
          </Button>
        </div>
      </div>
    </Section>
  );
}

function FactorSlider(props: { slider: Slider; factor: number; onSet: (step: number) => void }) {
  const [step, setStep] = useState<number>(stepOf(props.factor));
  useLayoutEffect(() => setStep(stepOf(props.factor)), [props.factor]);
  return (
    <RangeField
      label={say(props.slider.words)}
      {...{ min: 0, max: LAST_STEP, step: 1, value: step }}
      said={say(`step${stepAt(step)}`)}
      onInput={setStep}
      onSet={props.onSet}
    />
  );
}

const stepAt = (step: number) => Math.min(LAST_STEP, Math.max(0, Math.round(step))) as 0 | 1 | 2 | 3 | 4;

function Reset() {
  const [asks, setAsks] = useState(false);
  const [busy, setBusy] = useState(false);
  const reset = async () => {
    setBusy(true);
    const outcome = await calls.resetFeedProfile();
    setBusy(false);
    setAsks(false);
    if (outcome.ok) toast(say('resetDone'));
    else toast(outcome.sentence, 'error');
  };
  return (
    <Section title={say('reset')} text={say('resetText')}>
      <Button look="quiet" onPress={() => setAsks(true)}>
        {say('resetAction')}
      </Button>
      {asks && (
        <ConfirmDialog
          title={say('resetTitle')}
          text={say('resetWarning')}
          action={say('resetAction')}
          busy={busy}
          onConfirm={reset}
          onClose={() => setAsks(false)}
        />
      )}
    </Section>
  );
}
