import { useRef } from 'preact/hooks';
import { Button } from './button.tsx';
import styles from './choose-file.module.css';
import type { IconName } from './icon.tsx';

interface ChooseFileProps {
  readonly label: string;
  /** As in the attribute of the same name. */
  readonly accept: string;
  readonly icon?: IconName;
  readonly onChoose: (file: File) => void;
}

/** A button that opens the files of the device. */
export function ChooseFile({ label, accept, icon, onChoose }: ChooseFileProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        class={styles.input}
        ref={input}
        type="file"
        accept={accept}
        aria-label={label}
        tabIndex={-1}
        onChange={(event) => {
          const chosen = event.currentTarget.files?.[0];
          if (chosen) onChoose(chosen);
          // So that choosing the same file again is a change too.
          event.currentTarget.value = '';
        }}
      />
      <Button look="quiet" {...(icon ? { icon } : {})} onPress={() => input.current?.click()}>
        {label}
      </Button>
    </>
  );
}
