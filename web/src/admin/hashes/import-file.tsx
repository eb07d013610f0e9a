import { useState } from 'preact/hooks';
import { toast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { ChooseFile } from '../../ui/choose-file.tsx';
import { FormError } from '../../ui/field.tsx';
import { bringFile, exportAddress, type ListedImport } from './calls.ts';
import styles from './hashes.module.css';
import { say } from './say.ts';

const LINES_SHOWN = 20;

/** A list of another server: chosen, looked at, added. */
export function ImportFile({ onApplied }: { onApplied: () => void }) {
  const [file, setFile] = useState<File | null>(null);
  const [plan, setPlan] = useState<ListedImport | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const look = async (chosen: File) => {
    setProblem(undefined);
    setPlan(null);
    setFile(chosen);
    const outcome = await bringFile(chosen, true);
    if (outcome.ok) setPlan(outcome.value);
    else setProblem(outcome.sentence);
  };
  const apply = async () => {
    if (file === null) return;
    setBusy(true);
    const outcome = await bringFile(file, false);
    setBusy(false);
    if (!outcome.ok) return setProblem(outcome.sentence);
    setPlan(null);
    toast(say('applied', { added: outcome.value.added }));
    onApplied();
  };
  return (
    <div class={styles.forms}>
      <p>{say('fileText')}</p>
      <div class={styles.row}>
        <ChooseFile label={say('chooseFile')} accept=".csv,.txt" icon="upload" onChoose={look} />
        <a class={styles.link} href={exportAddress} download>
          {say('download')}
        </a>
      </div>
      {problem !== undefined && <FormError sentence={problem} />}
      {plan && (
        <section class={styles.plan} aria-label={say('preview')}>
          <h3>{say('preview')}</h3>
          <p>{say('previewText', { added: plan.added, known: plan.known })}</p>
          {plan.bad.length > 0 && <p>{badOf(plan.bad)}</p>}
          <div class={styles.row}>
            <Button look="quiet" onPress={() => setPlan(null)}>
              {say('cancel')}
            </Button>
            {plan.added > 0 && (
              <Button busy={busy} onPress={apply}>
                {say('apply')}
              </Button>
            )}
          </div>
        </section>
      )}
    </div>
  );
}

function badOf(bad: readonly number[]): string {
  const more = bad.length > LINES_SHOWN ? ', …' : '';
  return say('bad', { n: bad.length, lines: `${bad.slice(0, LINES_SHOWN).join(', ')}${more}` });
}
