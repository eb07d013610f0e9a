import { useEffect, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import type { CredentialAccount } from '../api/types.ts';
import { CaptionsField } from '../editing/captions-field.tsx';
import { CoverField } from '../editing/cover-field.tsx';
import { isTwice, withCover } from '../editing/edits.ts';
import { languageName } from '../editing/languages.ts';
import { PermissionsField } from '../editing/permissions-field.tsx';
import { say as sayOfEditing } from '../editing/say.ts';
import { isSchedulable } from '../editing/schedule.ts';
import { editOf, keptSeconds, noTrim } from '../editing/trim.ts';
import { TrimField } from '../editing/trim-field.tsx';
import { bytes, spokenDuration } from '../format.ts';
import { ownSeconds } from '../remix/order.ts';
import { RemixPart } from '../remix/remix-part.tsx';
import { say as sayOfRemix } from '../remix/say.ts';
import { SoundPart } from '../sounds/sound-part.tsx';
import { Button } from '../ui/button.tsx';
import { Choice, Field, Form, FormError } from '../ui/field.tsx';
import { Icon } from '../ui/icon.tsx';
import { useObjectUrl } from '../ui/use-object-url.ts';
import {
  changeDetails,
  changeRemix,
  changeSound,
  detailsOf,
  draftEdits,
  draftFile,
  draftTrim,
  remixOf,
  soundOf,
  type UploadDetails,
} from './draft.ts';
import { FilePicker, type UploadLimits } from './file-picker.tsx';
import { LanguageField, WhenField } from './more-fields.tsx';
import { say } from './say.ts';
import { takeShared } from './shared.ts';
import styles from './upload.module.css';
import { startUpload } from './uploader.ts';

/** As many as the server keeps (videoLimits.maxAltTextCharacters). */
const ALT_TEXT_CHARACTERS = 1_500;
const WARNING_CHARACTERS = 200;

/** What the browser found out about a file. */
interface Measured {
  readonly file: File;
  /** Seconds. */
  readonly duration: number;
  /** Of the picture, width by height. */
  readonly aspect: number;
}

interface UploadFormProps {
  readonly limits: UploadLimits;
  /** Whose clip it will be. */
  readonly account: CredentialAccount;
  readonly refusal?: string | undefined;
}

/** The file and what is said about it; checks what can be checked before anything is sent. */
export function UploadForm({ limits, account, refusal }: UploadFormProps) {
  const [problem, setProblem] = useState(refusal ?? '');
  const [measured, setMeasured] = useState<Measured | null>(null);
  const [unreadable, setUnreadable] = useState<File | null>(null);
  const file = draftFile.value;
  const url = useObjectUrl(file);
  const details = detailsOf(account);
  const trim = draftTrim.value;
  const edits = draftEdits.value;
  const locale = document.documentElement.lang;
  const left = limits.characters - [...details.caption].length;
  const change = (difference: Partial<UploadDetails>) => {
    changeDetails(account, { ...details, ...difference });
  };

  const choose = (chosen: File) => {
    // A frame of one video is none of another.
    if (edits.cover.kind === 'frame') draftEdits.value = withCover(edits, { kind: 'kept' });
    const wrong = problemWith(chosen, limits);
    setProblem(wrong);
    draftFile.value = wrong ? null : chosen;
    draftTrim.value = noTrim;
  };
  const { query, route } = useLocation();
  useEffect(() => {
    if (query.shared === undefined) return;
    route('/upload', true);
    takeShared().then((shared) => {
      if (!shared) return setProblem(say('sharedLost'));
      choose(shared.file);
      if (details.caption === '') change({ caption: shared.text });
    });
  }, [query.shared]);
  const size = measured?.file === file ? measured : null;
  const limit = limits.video_duration_limit;
  const remix = remixOf(account);
  const sound = remix ? null : soundOf(account);
  // A duet ends with its original, and a stitch begins with a part of it.
  const most = remix?.kind === 'stitch' ? ownSeconds(remix, Number.POSITIVE_INFINITY, limit) : limit;
  const tooLong = size !== null && keptSeconds(trim, size.duration) > most + 1;
  const send = () => {
    if (!file) return setProblem(say('chooseFirst'));
    if (tooLong) {
      const kept = keptSeconds(trim, size.duration);
      const [whole, allowed] = [spokenDuration(kept + limit - most), spokenDuration(limit)];
      return setProblem(
        most < limit
          ? sayOfRemix('tooLong', { length: whole, limit: allowed })
          : say('tooLongKept', { kept: whole, limit: allowed }),
      );
    }
    if (left < 0) return setProblem(say('over', { n: -left }));
    if (details.when === 'at' && !isSchedulable(details.postAt, Date.now()))
      return setProblem(say('wrongTime'));
    const twice = edits.captions.find((one) => isTwice(edits, one));
    if (twice) return setProblem(sayOfEditing('twice', { language: languageName(twice.language, locale) }));
    startUpload(file, details, editOf(trim, size?.aspect ?? null), { remix, sound });
  };

  return (
    <Form onSend={send} label={say('title')}>
      {problem && <FormError sentence={problem} />}
      <div class={styles.sides}>
        <div class={styles.film}>
          {remix && (
            <RemixPart
              remix={remix}
              url={size && unreadable !== file ? url : null}
              trim={trim}
              onChange={changeRemix}
            />
          )}
          <FilePicker
            file={file}
            url={url}
            readable={unreadable !== file}
            limits={limits}
            onChoose={choose}
            onMeasured={(read, duration, aspect) => setMeasured({ file: read, duration, aspect })}
            onReadable={(read, readable) => setUnreadable(readable ? null : read)}
          />
          {!remix && (
            <SoundPart
              use={sound}
              url={size && unreadable !== file ? url : null}
              trim={trim}
              onChange={changeSound}
            />
          )}
          {tooLong && (
            <p class={styles.tooLong} role="status">
              <Icon name="alert" size={20} />
              {say('trimToFit', { length: spokenDuration(size.duration), limit: spokenDuration(most) })}
            </p>
          )}
          {size && url && unreadable !== file && (
            <TrimField
              url={url}
              duration={size.duration}
              aspect={size.aspect}
              trim={trim}
              onChange={(changed) => {
                draftTrim.value = changed;
              }}
            />
          )}
          {file && (
            <CoverField
              videoUrl={url}
              unreadable={unreadable === file}
              legend={sayOfEditing('coverOptional')}
              kept={sayOfEditing('coverChosen')}
              cover={edits.cover}
              step={edits.coverStep}
              onChange={(cover) => {
                draftEdits.value = withCover(edits, cover);
              }}
            />
          )}
        </div>
        <div class={styles.said}>
          <Field
            label={say('caption')}
            name="caption"
            value={details.caption}
            onInput={(caption) => change({ caption })}
            hint={left >= 0 ? say('left', { n: left }) : undefined}
            error={left < 0 ? say('over', { n: -left }) : undefined}
            multiline
          />
          <fieldset>
            <legend class={styles.legend}>{say('visibility')}</legend>
            {VISIBILITIES.map(({ value, name, hint }) => (
              <Choice
                key={value}
                type="radio"
                name="visibility"
                checked={details.visibility === value}
                onChoose={() => change({ visibility: value })}
                hint={say(hint)}
              >
                {say(name)}
              </Choice>
            ))}
          </fieldset>
          <Field
            label={say('altText')}
            name="alt-text"
            value={details.altText}
            onInput={(altText) => change({ altText })}
            maxLength={ALT_TEXT_CHARACTERS}
            multiline
          />
          {file && (
            <CaptionsField
              legend={sayOfEditing('captionsOptional')}
              edits={edits}
              onChange={(changed) => {
                draftEdits.value = changed;
              }}
            />
          )}
          <Field
            label={say('warning')}
            name="content-warning"
            value={details.warning}
            onInput={(warning) => change({ warning })}
            hint={say('warningHint')}
            maxLength={WARNING_CHARACTERS}
          />
          <Choice
            type="checkbox"
            name="sensitive"
            checked={details.sensitive || details.warning !== ''}
            onChoose={(sensitive) => change({ sensitive })}
          >
            {say('sensitive')}
          </Choice>
          <LanguageField details={details} onChange={change} />
          <PermissionsField
            permissions={details.permissions}
            onChange={(changed) => change({ permissions: { ...details.permissions, ...changed } })}
          />
          <WhenField details={details} onChange={change} />
          <Button type="submit" icon="upload" wide>
            {say('send')}
          </Button>
        </div>
      </div>
    </Form>
  );
}

const VISIBILITIES = [
  { value: 'public', name: 'everyone', hint: 'everyoneHint' },
  { value: 'unlisted', name: 'unlisted', hint: 'unlistedHint' },
  { value: 'followers', name: 'followers', hint: 'followersHint' },
] as const;

/** Why a file cannot be sent, with both numbers; empty when it can. */
function problemWith(file: File, limits: UploadLimits): string {
  if (file.type !== '' && !file.type.startsWith('video/')) return say('notVideo', { name: file.name });
  const limit = limits.video_size_limit;
  return file.size > limit
    ? say('tooLarge', { name: file.name, size: bytes(file.size), limit: bytes(limit) })
    : '';
}
