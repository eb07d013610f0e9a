import { SliderField } from '../editing/slider-field.tsx';
import { tenths } from '../format.ts';
import { say } from './say.ts';
import styles from './sound.module.css';
import { LEAST_LEFT_S, QUIETEST, type SoundUse } from './use.ts';
import type { Chosen } from './with-sound.tsx';

interface FieldsProps {
  readonly chosen: Chosen;
  readonly use: SoundUse;
  readonly onChange: (use: SoundUse) => void;
}

/** Where in a sound the clip begins. */
export function StartField({ chosen, use, onChange }: FieldsProps) {
  const last = Math.floor((chosen.duration - LEAST_LEFT_S) * 10) / 10;
  if (last <= 0) return null;
  return (
    <SliderField
      label={say('start')}
      {...{ min: 0, max: last, step: 0.1, value: use.start }}
      said={say('startSaid', { n: tenths(use.start) })}
      onInput={(start) => onChange({ ...use, start })}
    />
  );
}

/** How loud the sound and what was recorded are. */
export function VolumeFields({ use, onChange }: Omit<FieldsProps, 'chosen'>) {
  const sliders = [
    { key: 'sound', label: say('volumeSound'), min: QUIETEST },
    { key: 'own', label: say('volumeOwn'), min: 0 },
  ] as const;
  return (
    <fieldset class={styles.form}>
      <legend class={styles.legend}>{say('volumes')}</legend>
      {sliders.map(({ key, label, min }) => (
        <SliderField
          key={key}
          {...{ label, min, max: 1, step: 0.05, value: use.volumes[key] }}
          said={say('percent', { n: Math.round(use.volumes[key] * 100) })}
          onInput={(volume) => onChange({ ...use, volumes: { ...use.volumes, [key]: volume } })}
        />
      ))}
    </fieldset>
  );
}
