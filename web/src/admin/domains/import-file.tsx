import { useState } from 'preact/hooks';
import type { DomainImport } from '../../api/schema.gen.ts';
import { toast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { ChooseFile } from '../../ui/choose-file.tsx';
import { Choice, FormError } from '../../ui/field.tsx';
import { bringFile, exportAddress } from './calls.ts';
import styles from './domains.module.css';
import { say } from './say.ts';

/** A file of domains: chosen, looked at, applied. */
export function ImportFile({ onApplied }: { onApplied: () => void }) {
  const [file, setFile] = useState<File | null>(null);
  const [plan, setPlan] = useState<DomainImport | null>(null);
  const [allow, setAllow] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();

  const look = async (chosen: File) => {
    setProblem(undefined);
    setPlan(null);
    setFile(chosen);
    setBusy(true);
    const outcome = await bringFile(chosen, { dryRun: true, allow });
    setBusy(false);
    if (outcome.ok) setPlan(outcome.value);
    else setProblem(outcome.sentence);
  };
  const apply = async () => {
    if (file === null) return;
    setBusy(true);
    const outcome = await bringFile(file, { dryRun: false, allow, reason: file.name });
    setBusy(false);
    if (!outcome.ok) return setProblem(outcome.sentence);
    setPlan(null);
    toast(say('decided', { count: outcome.value.deed?.changed ?? 0 }));
    onApplied();
  };

  return (
    <div class={styles.stack}>
      <p>{say('fileText')}</p>
      <Choice type="checkbox" name="allow" checked={allow} onChoose={setAllow}>
        {say('asAllowed')}
      </Choice>
      <div class={styles.row}>
        <ChooseFile label={say('chooseFile')} accept=".csv,.txt,.json" icon="upload" onChoose={look} />
        <a href={exportAddress} download>
          {say('download')}
        </a>
      </div>
      {problem !== undefined && <FormError sentence={problem} />}
      {plan && <Plan plan={plan} busy={busy} onApply={apply} onCancel={() => setPlan(null)} />}
    </div>
  );
}

interface PlanProps {
  readonly plan: DomainImport;
  readonly busy: boolean;
  readonly onApply: () => void;
  readonly onCancel: () => void;
}

function Plan({ plan, busy, onApply, onCancel }: PlanProps) {
  const { added, changed, same, kept, problems, problem_count, effect } = plan;
  const changes = added + changed;
  return (
    <section class={styles.plan} aria-label={say('preview')}>
      <h3>{say('preview')}</h3>
      <p>{changes === 0 ? say('nothingToDo') : say('previewText', { added, changed, same })}</p>
      {kept.length > 0 && <p>{say('keptText', { count: kept.length })}</p>}
      {effect && (
        <p>
          {say('effect', {
            ...{ accounts: effect.accounts, videos: effect.videos },
            ...{ localFollowers: effect.local_followers, followsIn: effect.follows_in },
            openDeliveries: effect.open_deliveries,
          })}
        </p>
      )}
      {problems.length > 0 && (
        <details>
          <summary>{say('problemsTitle', { count: problem_count })}</summary>
          <ul>
            {problems.map(({ line, problem, text }) => (
              <li key={`${line} ${problem}`}>
                {say('line', { line })}: <bdi>{text}</bdi> ({problemWords(problem)})
              </li>
            ))}
          </ul>
        </details>
      )}
      <div class={styles.row}>
        <Button look="quiet" onPress={onCancel}>
          {say('cancel')}
        </Button>
        {changes > 0 && (
          <Button busy={busy} onPress={onApply}>
            {say('applyFile')}
          </Button>
        )}
      </div>
    </section>
  );
}

function problemWords(problem: DomainImport['problems'][number]['problem']): string {
  const words: Readonly<Record<typeof problem, string>> = {
    'domain-invalid': say('problemInvalid'),
    obfuscated: say('problemObfuscated'),
    'top-level': say('problemTopLevel'),
    'own-domain': say('problemOwn'),
    'severity-unknown': say('problemLevel'),
    'flag-invalid': say('problemFlag'),
    'comment-too-long': say('problemNote'),
    duplicate: say('problemDuplicate'),
    unreadable: say('problemUnreadable'),
  };
  return words[problem];
}
