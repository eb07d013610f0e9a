import { useSignal } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import { otherApi } from '../api/other-endpoints.ts';

import type { Captions, Media } from '../api/types.ts';
import { CaptionsField } from '../editing/captions-field.tsx';
import { CoverField } from '../editing/cover-field.tsx';
import styles from '../editing/editing.module.css';
import {
  again,
  hasCover,
  hasFailed,
  isTwice,
  noEdits,
  withCaptions,
  withCover,
  without,
} from '../editing/edits.ts';
import { languageName } from '../editing/languages.ts';
import { say as sayOfEditing } from '../editing/say.ts';
import { sendEdits } from '../editing/send-edits.ts';
import { toast } from '../state/toasts.ts';
import { Button } from '../ui/button.tsx';
import { captionsName } from '../ui/captions/captions-name.ts';
import { Dialog } from '../ui/dialog.tsx';
import { FieldError, Form, FormError } from '../ui/field.tsx';
import { say as sayOfUi } from '../ui/say.ts';

interface EditMediaDialogProps {
  readonly media: Pick<Media, 'id' | 'captions' | 'url'>;
  /** Called with what the server has made of it, also where not everything was accepted. */
  readonly onChange: (media: Media) => void;
  /** Called once a cover was sent; it is made a moment later. */
  readonly onCover: (media: Media) => void;
  readonly onClose: () => void;
}

/** Captions and cover of one's own clip; nothing is sent before "Save", and what was refused stays to be mended. */
export function EditMediaDialog({ media, onChange, onCover, onClose }: EditMediaDialogProps) {
  const edits = useSignal(noEdits);
  const [problem, setProblem] = useState('');
  const [saving, setSaving] = useState(false);
  const stop = useRef(new AbortController());
  useEffect(() => () => stop.current.abort(), []);
  const locale = document.documentElement.lang;
  const change = (changed: typeof edits.value) => {
    edits.value = changed;
  };

  const save = async () => {
    if (saving) return;
    const twice = edits.value.captions.find((one) => isTwice(edits.value, one));
    if (twice) return setProblem(sayOfEditing('twice', { language: languageName(twice.language, locale) }));
    setProblem('');
    setSaving(true);
    edits.value = again(edits.value, false);
    const latest = await sendEdits(otherApi, media.id, edits, stop.current.signal);
    setSaving(false);
    if (latest) onChange(latest);
    const covered = hasCover(edits.value) && edits.value.coverStep.state === 'sent';
    if (latest && covered) onCover(latest);
    if (hasFailed(edits.value)) return setProblem(sayOfEditing('notAll'));
    if (latest) toast(covered ? sayOfEditing('savedCover') : sayOfEditing('saved'));
    onClose();
  };

  return (
    <Dialog title={sayOfEditing('title')} onClose={onClose}>
      <Form onSend={save} label={sayOfEditing('title')}>
        {problem && <FormError sentence={problem} />}
        {media.captions.length > 0 && (
          <fieldset class={styles.group}>
            <legend class={styles.legend}>{sayOfEditing('now')}</legend>
            <ul class={styles.tracks}>
              {media.captions.map((one) => (
                <ExistingCaptions
                  key={one.language}
                  captions={one}
                  removal={edits.value.captions.find(
                    ({ file, language }) => file === null && language === one.language,
                  )}
                  onRemove={() => change(withCaptions(edits.value, one.language, null))}
                  onKeep={(key) => change(without(edits.value, key))}
                />
              ))}
            </ul>
          </fieldset>
        )}
        <CaptionsField
          legend={sayOfEditing('captions')}
          edits={edits.value}
          existing={media.captions.map(({ language }) => language)}
          onChange={change}
        />
        <CoverField
          videoUrl={media.url}
          legend={sayOfEditing('cover')}
          kept={sayOfEditing('coverKept')}
          cover={edits.value.cover}
          step={edits.value.coverStep}
          onChange={(cover) => change(withCover(edits.value, cover))}
        />
        <div class={styles.actions}>
          <Button look="quiet" onPress={onClose}>
            {sayOfUi('cancel')}
          </Button>
          <Button type="submit" busy={saving}>
            {saving ? sayOfEditing('saving') : sayOfEditing('save')}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}

interface ExistingCaptionsProps {
  readonly captions: Captions;
  /** What takes them away, if they are to go. */
  readonly removal: (typeof noEdits.captions)[number] | undefined;
  readonly onRemove: () => void;
  readonly onKeep: (key: number) => void;
}

function ExistingCaptions({ captions, removal, onRemove, onKeep }: ExistingCaptionsProps) {
  const name = captionsName(captions);
  return (
    <li class={styles.existing}>
      <span class={removal ? styles.gone : undefined}>{name}</span>
      <Button
        look="quiet"
        small
        label={removal ? sayOfEditing('keep', { name }) : sayOfEditing('remove', { name })}
        onPress={() => (removal ? onKeep(removal.key) : onRemove())}
      >
        {removal ? sayOfEditing('keepShort') : sayOfEditing('removeShort')}
      </Button>
      {removal && <p class={styles.note}>{sayOfEditing('willGo')}</p>}
      {removal?.step.state === 'failed' && <FieldError sentence={removal.step.problem} />}
    </li>
  );
}
