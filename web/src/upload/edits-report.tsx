import { useRef } from 'preact/hooks';
import { CaptionsRow } from '../editing/captions-field.tsx';
import { again, hasCover, hasFailed, isSettled, type Step } from '../editing/edits.ts';
import { languageName } from '../editing/languages.ts';
import { say as sayOfEditing } from '../editing/say.ts';
import { uploadState } from '../state/uploads.ts';
import { Button } from '../ui/button.tsx';
import { FieldError } from '../ui/field.tsx';
import { draftEdits } from './draft.ts';
import { changeSentDraft } from './send-draft.ts';
import styles from './upload.module.css';

const STEPS = {
  new: 'stepNew',
  sending: 'stepSending',
  sent: 'stepSent',
  failed: 'stepFailed',
} as const satisfies Record<Step['state'], string>;

/** How the cover and the captions of an upload fare, and what can be done about those that were not accepted. */
export function EditsReport() {
  const box = useRef<HTMLElement>(null);
  const edits = draftEdits.value;
  const { captions, coverStep } = edits;
  if (captions.length === 0 && !hasCover(edits)) return null;
  // Beside a clip that is out it is seen what was received.
  if (uploadState.value.phase === 'published' && isSettled(edits)) return null;
  const failed = hasFailed(edits);
  const locale = document.documentElement.lang;
  return (
    <section class={styles.panel} aria-label={sayOfEditing('report')} tabIndex={-1} ref={box}>
      {failed && <p role="alert">{sayOfEditing('reportProblem')}</p>}
      <ul class={styles.report}>
        {captions.map((one) =>
          one.step.state === 'failed' ? (
            <CaptionsRow
              key={one.key}
              captions={one}
              edits={edits}
              onChange={changeSentDraft}
              onGone={() => box.current?.focus()}
            />
          ) : (
            <li class={styles.step} key={one.key}>
              <span>{sayOfEditing('captionsIn', { language: languageName(one.language, locale) })}</span>
              <span class={styles.limits}>{sayOfEditing(STEPS[one.step.state])}</span>
            </li>
          ),
        )}
        {hasCover(edits) && (
          <li>
            <span class={styles.step}>
              <span>{sayOfEditing('coverName')}</span>
              <span class={styles.limits}>{sayOfEditing(STEPS[coverStep.state])}</span>
            </span>
            {coverStep.state === 'failed' && <FieldError sentence={coverStep.problem} />}
          </li>
        )}
      </ul>
      {failed && (
        <div>
          <Button look="quiet" onPress={() => changeSentDraft(again(edits, false))}>
            {sayOfEditing('sendAgain')}
          </Button>
        </div>
      )}
    </section>
  );
}
