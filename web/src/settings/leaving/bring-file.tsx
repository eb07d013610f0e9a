import { useState } from 'preact/hooks';
import type { Import } from '../../api/types.ts';
import { bytes } from '../../format.ts';
import { toast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { ChooseFile } from '../../ui/choose-file.tsx';
import { FieldError, SelectField } from '../../ui/field.tsx';
import { calls } from '../calls.ts';
import { RadioGroup, Section, SettingsForm } from '../parts.tsx';
import styles from '../settings.module.css';
import { useSaving } from '../use-saving.ts';
import { importKinds, kindOfFile, kindWords } from './kinds.ts';
import { say } from './say.ts';

/** As the server counts it. */
const MAX_FILE_BYTES = 2 * 1024 * 1024;

const modes = [
  { value: 'merge', name: say('merge') },
  { value: 'overwrite', name: say('overwrite'), hint: say('overwriteHint') },
] as const;

/** Brings a list that another server gave out. */
export function BringFile({ onBrought }: { onBrought: () => void }) {
  const [kind, setKind] = useState<Import['type']>('following');
  const [mode, setMode] = useState<Import['mode']>('merge');
  const [file, setFile] = useState<File | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const { busy, errors, run } = useSaving([]);
  const choose = (chosen: File) => {
    const limit = bytes(MAX_FILE_BYTES);
    const isTooLarge = chosen.size > MAX_FILE_BYTES;
    setProblem(
      isTooLarge ? say('fileTooLarge', { name: chosen.name, size: bytes(chosen.size), limit }) : null,
    );
    setFile(isTooLarge ? null : chosen);
    setKind(kindOfFile(chosen.name) ?? kind);
  };
  const send = async () => {
    if (!file) return setProblem(say('fileNeeded'));
    if (!(await run(() => calls.bringFile(kind, mode, file)))) return;
    toast(say('bringBegun'));
    setFile(null);
    onBrought();
  };
  return (
    <Section title={say('bring')} text={say('bringText')}>
      <SettingsForm label={say('bring')} errors={errors} onSend={send}>
        <div>
          <ChooseFile label={say('chooseFile')} accept=".csv,text/csv" icon="upload" onChoose={choose} />
          {file && (
            <p class={styles.muted} dir="auto">
              {say('chosenFile', { name: file.name, size: bytes(file.size) })}
            </p>
          )}
          {problem !== null && <FieldError sentence={problem} alert />}
        </div>
        <SelectField
          label={say('kind')}
          value={kind}
          choices={importKinds.map((value) => ({ value, name: say(kindWords[value]) }))}
          onChoose={(value) => setKind(importKinds.find((one) => one === value) ?? kind)}
        />
        <RadioGroup legend={say('mode')} value={mode} choices={modes} onChoose={setMode} />
        <div>
          <Button type="submit" busy={busy}>
            {say('bringAction')}
          </Button>
        </div>
      </SettingsForm>
    </Section>
  );
}
