import { spokenDuration } from '../format.ts';
import { SelectField } from '../ui/field.tsx';
import editing from './editing.module.css';
import { PartField } from './part-field.tsx';
import { say } from './say.ts';
import styles from './trim.module.css';
import { cropOf, keptSeconds, noTrim, type Shape, SMALLEST, shapes, type Trim } from './trim.ts';

interface TrimFieldProps {
  /** Of the video. */
  readonly url: string;
  /** Seconds; known once the browser has read the file. */
  readonly duration: number;
  /** Of the picture, width by height. */
  readonly aspect: number;
  readonly trim: Trim;
  readonly onChange: (trim: Trim) => void;
}

/** What is kept of a video: a part of its time, and of its picture. Nothing is cut here: the server does it. */
export function TrimField({ url, duration, aspect, trim, onChange }: TrimFieldProps) {
  const kept = spokenDuration(keptSeconds(trim, duration));
  return (
    <PartField
      {...{ url, duration, trim, onChange }}
      legend={say('trim')}
      hint={say('trimHint')}
      shown={say('shown')}
      kept={say('kept', { kept, length: spokenDuration(duration) })}
      whole={noTrim}
      reset={say('reset')}
      over={<CropFrame trim={trim} aspect={aspect} />}
    >
      <CropFields trim={trim} aspect={aspect} onChange={onChange} />
    </PartField>
  );
}

/** Dims what is cut away of the picture. */
function CropFrame({ trim, aspect }: { trim: Trim; aspect: number }) {
  const crop = cropOf(trim, aspect);
  if (!crop) return null;
  const { x, y, width, height } = crop;
  return (
    <span class={styles.clipped}>
      <span
        class={styles.crop}
        style={{ '--x': String(x), '--y': String(y), '--w': String(width), '--h': String(height) }}
      />
    </span>
  );
}

function CropFields({ trim, aspect, onChange }: Pick<TrimFieldProps, 'trim' | 'aspect' | 'onChange'>) {
  const names = Object.keys(shapes) as Shape[];
  const crop = cropOf(trim, aspect);
  const sliders = [
    { key: 'size', name: say('size'), min: SMALLEST, isOf: true },
    { key: 'across', name: say('across'), min: 0, isOf: crop !== null && crop.width < 0.999 },
    { key: 'down', name: say('down'), min: 0, isOf: crop !== null && crop.height < 0.999 },
  ] as const;
  return (
    <>
      <SelectField
        label={say('shape')}
        value={trim.shape ?? ''}
        choices={[{ value: '', name: say('whole') }, ...names.map((value) => ({ value, name: say(value) }))]}
        onChoose={(shape) => onChange({ ...trim, shape: (shape || null) as Shape | null })}
      />
      {trim.shape !== null &&
        sliders
          .filter(({ isOf }) => isOf)
          .map(({ key, name, min }) => (
            <label key={key} class={styles.slider}>
              <span>{name}</span>
              <input
                class={editing.slider}
                dir={key === 'across' ? 'ltr' : undefined}
                type="range"
                min={min}
                max={1}
                step={0.01}
                value={trim[key]}
                aria-valuetext={say('percent', { n: Math.round(trim[key] * 100) })}
                onInput={({ currentTarget }) => onChange({ ...trim, [key]: currentTarget.valueAsNumber })}
              />
            </label>
          ))}
    </>
  );
}
