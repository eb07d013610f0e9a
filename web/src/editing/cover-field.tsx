import { useState } from 'preact/hooks';
import { bytes } from '../format.ts';
import { ChooseFile } from '../ui/choose-file.tsx';
import { Choice, FieldError } from '../ui/field.tsx';
import { useObjectUrl } from '../ui/use-object-url.ts';
import styles from './editing.module.css';
import type { Cover, Step } from './edits.ts';
import { FramePicker } from './frame-picker.tsx';
import { say } from './say.ts';

/** What the server takes for a cover (mediaLimits.maxPosterBytes). */
const PICTURES = ['image/jpeg', 'image/png', 'image/webp'];
const MAX_PICTURE_BYTES = 5 * 1024 * 1024;

interface CoverFieldProps {
  /** Address of the video, if there is one to pick a frame from. */
  readonly videoUrl: string | null;
  /** Whether it is known that this browser cannot show the video. */
  readonly unreadable?: boolean;
  readonly legend: string;
  /** Words for the choice that changes nothing. */
  readonly kept: string;
  readonly cover: Cover;
  readonly step: Step;
  readonly onChange: (cover: Cover) => void;
}

/** Where the cover of a clip comes from: as it is, a frame of the clip, or a picture. */
export function CoverField(props: CoverFieldProps) {
  const { videoUrl, unreadable = false, legend, kept, cover, step, onChange } = props;
  const [failedUrl, setFailedUrl] = useState<string | null>(null);
  const noFrames = unreadable || videoUrl === null || failedUrl === videoUrl;
  const choices = [
    { kind: 'kept', name: kept, cover: { kind: 'kept' } },
    ...(noFrames
      ? []
      : [{ kind: 'frame', name: say('frame'), cover: { kind: 'frame', seconds: 0 } } as const]),
    { kind: 'picture', name: say('picture'), cover: { kind: 'picture', file: null } },
  ] as const;
  return (
    <fieldset class={styles.group}>
      <legend class={styles.legend}>{legend}</legend>
      {noFrames && <p class={styles.note}>{say('noFrames')}</p>}
      {choices.map(({ kind, name, cover: chosen }) => (
        <Choice
          key={kind}
          type="radio"
          name="cover"
          checked={cover.kind === kind}
          onChoose={() => onChange(chosen)}
        >
          {name}
        </Choice>
      ))}
      {cover.kind === 'frame' && videoUrl && !noFrames && (
        <FramePicker
          url={videoUrl}
          seconds={cover.seconds}
          onPick={(seconds) => onChange({ kind: 'frame', seconds })}
          onUnreadable={() => {
            setFailedUrl(videoUrl);
            onChange({ kind: 'kept' });
          }}
        />
      )}
      {cover.kind === 'picture' && (
        <PicturePicker file={cover.file} onPick={(file) => onChange({ kind: 'picture', file })} />
      )}
      {step.state === 'failed' && <FieldError sentence={step.problem} />}
    </fieldset>
  );
}

function PicturePicker({ file, onPick }: { file: File | null; onPick: (file: File) => void }) {
  const [problem, setProblem] = useState('');
  const url = useObjectUrl(file);
  const choose = (chosen: File) => {
    const wrong = problemWith(chosen);
    setProblem(wrong);
    if (!wrong) onPick(chosen);
  };
  return (
    <div class={styles.frames}>
      {url && <img class={styles.frame} src={url} alt={say('pictureShown')} />}
      <div>
        <ChooseFile
          label={file ? say('chooseOtherPicture') : say('choosePicture')}
          accept={PICTURES.join(',')}
          onChoose={choose}
        />
      </div>
      <p class={styles.note}>{say('pictureLimits', { size: bytes(MAX_PICTURE_BYTES) })}</p>
      {problem && <FieldError sentence={problem} alert />}
    </div>
  );
}

function problemWith({ name, type, size }: File): string {
  if (!PICTURES.includes(type)) return say('notPicture', { name });
  return size > MAX_PICTURE_BYTES
    ? say('pictureTooLarge', { name, size: bytes(size), limit: bytes(MAX_PICTURE_BYTES) })
    : '';
}
