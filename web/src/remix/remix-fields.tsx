import { PartField } from '../editing/part-field.tsx';
import { SliderField } from '../editing/slider-field.tsx';
import { noTrim, type Trim } from '../editing/trim.ts';
import { tenths } from '../format.ts';
import { Choice } from '../ui/field.tsx';
import { Icon } from '../ui/icon.tsx';
import {
  type Duet,
  layouts,
  MOST_STITCHED_S,
  newRemix,
  partOf,
  type Remix,
  type Stitch,
  sounds,
} from './order.ts';
import type { Original } from './original.tsx';
import styles from './remix.module.css';
import { say } from './say.ts';

interface FieldsProps<R extends Remix> {
  readonly original: Original;
  readonly remix: R;
  readonly onChange: (remix: R) => void;
}

/** What one chooses about a remix: where both pictures are and what is heard, or which part of the original it begins with. */
export function RemixFields({ original, remix, onChange }: FieldsProps<Remix>) {
  if (remix.kind === 'stitch') return <StitchFields {...{ original, remix, onChange }} />;
  return (
    <div class={styles.choices}>
      <LayoutField duet={remix} onChange={onChange} />
      <SoundField duet={remix} onChange={onChange} />
      <p class={styles.note}>{say('ends')}</p>
    </div>
  );
}

interface DuetProps {
  readonly duet: Duet;
  readonly onChange: (duet: Duet) => void;
}

export function LayoutField({ duet, onChange }: DuetProps) {
  return (
    <fieldset class={styles.layouts}>
      <legend class={styles.legend}>{say('layout')}</legend>
      {layouts.map((layout) => (
        <Choice
          key={layout}
          type="radio"
          name="layout"
          checked={duet.layout === layout}
          onChoose={() => onChange({ ...duet, layout })}
          hint={say(`${layout}Hint`)}
        >
          {say(layout)}
        </Choice>
      ))}
    </fieldset>
  );
}

function SoundField({ duet, onChange }: DuetProps) {
  const sliders = [
    { key: 'original', label: say('volumeOriginal') },
    { key: 'own', label: say('volumeOwn') },
  ] as const;
  return (
    <fieldset class={styles.layouts}>
      <legend class={styles.legend}>{say('sound')}</legend>
      {sounds.map((sound) => (
        <Choice
          key={sound}
          type="radio"
          name="sound"
          checked={duet.sound === sound}
          onChoose={() => onChange({ ...duet, sound })}
        >
          {say(sound)}
        </Choice>
      ))}
      {duet.sound === 'mix' &&
        sliders.map(({ key, label }) => (
          <SliderField
            key={key}
            {...{ label, min: 0, max: 1, step: 0.05, value: duet.volumes[key] }}
            said={say('percent', { n: Math.round(duet.volumes[key] * 100) })}
            onInput={(volume) => onChange({ ...duet, volumes: { ...duet.volumes, [key]: volume } })}
          />
        ))}
    </fieldset>
  );
}

function StitchFields({ original, remix, onChange }: FieldsProps<Stitch>) {
  const { duration, url } = original;
  const { start, end } = remix.clip;
  const toTrim = (clip: Stitch['clip']): Trim => ({
    ...noTrim,
    from: clip.start,
    to: clip.end >= duration ? null : clip.end,
  });
  const first = newRemix('stitch', remix.of, duration);
  const isFirst = first.kind === 'stitch' && first.clip.start === start && first.clip.end === end;
  const trim = toTrim(remix.clip);
  const whole = first.kind === 'stitch' && !isFirst ? toTrim(first.clip) : trim;
  return (
    <PartField
      {...{ url, duration, trim, whole }}
      most={MOST_STITCHED_S}
      legend={say('part')}
      hint={say('partHint', { most: MOST_STITCHED_S })}
      shown={say('partShown')}
      kept={say('taken', { n: tenths(end - start) })}
      reset={say('firstPart')}
      onChange={({ from, to }) => onChange({ ...remix, clip: partOf(from, to ?? duration) })}
    />
  );
}

/** What echoes otherwise. */
export function HeadphonesHint() {
  return (
    <p class={styles.note}>
      <Icon name="info" size={20} />
      {say('headphones')}
    </p>
  );
}
