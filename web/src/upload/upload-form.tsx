import { useState } from 'preact/hooks';
import { CaptionsField } from '../editing/captions-field.tsx';
import { CoverField } from '../editing/cover-field.tsx';
import { isTwice, withCover } from '../editing/edits.ts';
import { languageName } from '../editing/languages.ts';
import { strings } from '../strings.ts';
import { Button } from '../ui/button.tsx';
import { Choice, Field, Form, FormError } from '../ui/field.tsx';
import { useObjectUrl } from '../ui/use-object-url.ts';
import { draftDetails, draftEdits, draftFile, type UploadDetails } from './draft.ts';
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
  const [unreadable, setUnreadable] = useState<File | null>(null);
  const file = draftFile.value;
  const url = useObjectUrl(file);
  const details = draftDetails.value;
  const edits = draftEdits.value;
  const locale = document.documentElement.lang;
  const text = strings.upload;
  const left = limits.characters - [...details.caption].length;
  const change = (difference: Partial<UploadDetails>) => {
    draftDetails.value = { ...details, ...difference };
  };

  const choose = (chosen: File) => {
    setTooLong('');
    // A frame of one video is none of another.
    if (edits.cover.kind === 'frame') draftEdits.value = withCover(edits, { kind: 'kept' });
    const wrong = problemWith(chosen, limits);
    setProblem(wrong);
    draftFile.value = wrong ? null : chosen;
  };
  const onDuration = ({ name }: File, seconds: number) => {
    if (seconds <= limits.video_duration_limit + 1) return;
    setTooLong(text.tooLong(name, seconds, limits.video_duration_limit));
  };
  const send = () => {
    if (!file) return setProblem(text.chooseFirst);
    if (tooLong || left < 0) return setProblem(tooLong || text.over(-left));
    const twice = edits.captions.find((one) => isTwice(edits, one));
    if (twice) return setProblem(strings.editing.twice(languageName(twice.language, locale)));
    startUpload(file, details);
  };

  return (
    <Form onSend={send} label={text.title}>
      {(tooLong || problem) && <FormError sentence={tooLong || problem} />}
      <FilePicker
        file={file}
        url={url}
        readable={unreadable !== file}
        limits={limits}
        onChoose={choose}
        onDuration={onDuration}
        onReadable={(read, readable) => setUnreadable(readable ? null : read)}
      />
      {file && (
        <CoverField
          videoUrl={url}
          unreadable={unreadable === file}
          legend={strings.editing.coverOptional}
          kept={strings.editing.coverChosen}
          cover={edits.cover}
          step={edits.coverStep}
          onChange={(cover) => {
            draftEdits.value = withCover(edits, cover);
          }}
        />
      )}
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
      {file && (
        <CaptionsField
          legend={strings.editing.captionsOptional}
          edits={edits}
          onChange={(changed) => {
            draftEdits.value = changed;
          }}
        />
      )}
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
