import { useState } from 'preact/hooks';
import { strings } from '../strings.ts';
import { Button } from '../ui/button.tsx';
import { Choice, Field, Form, FormError } from '../ui/field.tsx';
import { draftDetails, draftFile, type UploadDetails } from './draft.ts';
import { FilePicker, type UploadLimits } from './file-picker.tsx';
import styles from './upload.module.css';
import { startUpload } from './uploader.ts';

/** As many as the server keeps (videoLimits.maxAltTextCharacters). */
const ALT_TEXT_CHARACTERS = 1_500;
const WARNING_CHARACTERS = 200;

/** The file and what is said about it; checks what can be checked before anything is sent. */
export function UploadForm({ limits, refusal }: { limits: UploadLimits; refusal?: string | undefined }) {
  const [problem, setProblem] = useState(refusal ?? '');
  const [tooLong, setTooLong] = useState('');
  const details = draftDetails.value;
  const text = strings.upload;
  const left = limits.characters - [...details.caption].length;
  const change = (difference: Partial<UploadDetails>) => {
    draftDetails.value = { ...details, ...difference };
  };

  const choose = (file: File) => {
    setTooLong('');
    const wrong = problemWith(file, limits);
    setProblem(wrong);
    draftFile.value = wrong ? null : file;
  };
  const onDuration = (file: File, seconds: number) => {
    if (seconds <= limits.video_duration_limit + 1) return;
    setTooLong(text.tooLong(file.name, seconds, limits.video_duration_limit));
  };
  const send = () => {
    const file = draftFile.value;
    if (!file) return setProblem(text.chooseFirst);
    if (tooLong || left < 0) return setProblem(tooLong || text.over(-left));
    startUpload(file, details);
  };

  return (
    <Form onSend={send} label={text.title}>
      {(tooLong || problem) && <FormError sentence={tooLong || problem} />}
      <FilePicker file={draftFile.value} limits={limits} onChoose={choose} onDuration={onDuration} />
      <Field
        label={text.caption}
        name="caption"
        value={details.caption}
        onInput={(caption) => change({ caption })}
        hint={left >= 0 ? text.left(left) : undefined}
        error={left < 0 ? text.over(-left) : undefined}
        multiline
      />
      <fieldset>
        <legend class={styles.legend}>{text.visibility}</legend>
        {text.visibilities.map(({ value, name, hint }) => (
          <Choice
            key={value}
            type="radio"
            name="visibility"
            checked={details.visibility === value}
            onChoose={() => change({ visibility: value })}
            hint={hint}
          >
            {name}
          </Choice>
        ))}
      </fieldset>
      <Field
        label={text.altText}
        name="alt-text"
        value={details.altText}
        onInput={(altText) => change({ altText })}
        maxLength={ALT_TEXT_CHARACTERS}
        multiline
      />
      <Field
        label={text.warning}
        name="content-warning"
        value={details.warning}
        onInput={(warning) => change({ warning })}
        hint={text.warningHint}
        maxLength={WARNING_CHARACTERS}
      />
      <Choice
        type="checkbox"
        name="sensitive"
        checked={details.sensitive || details.warning !== ''}
        onChoose={(sensitive) => change({ sensitive })}
      >
        {text.sensitive}
      </Choice>
      <Button type="submit" icon="upload" wide>
        {text.send}
      </Button>
    </Form>
  );
}

/** Why a file cannot be sent, with both numbers; empty when it can. */
function problemWith(file: File, limits: UploadLimits): string {
  const text = strings.upload;
  if (file.type !== '' && !file.type.startsWith('video/')) return text.notVideo(file.name);
  const limit = limits.video_size_limit;
  return file.size > limit ? text.tooLarge(file.name, file.size, limit) : '';
}
