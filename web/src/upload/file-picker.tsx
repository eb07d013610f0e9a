import { useEffect, useRef, useState } from 'preact/hooks';
import { strings } from '../strings.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import styles from './upload.module.css';

/** What this server takes. */
export interface UploadLimits {
  /** Bytes. */
  readonly video_size_limit: number;
  /** Seconds. */
  readonly video_duration_limit: number;
  readonly characters: number;
}

interface FilePickerProps {
  readonly file: File | null;
  readonly limits: UploadLimits;
  readonly onChoose: (file: File) => void;
  /** Called when the browser knows the length of the file, in seconds; some files it cannot read. */
  readonly onDuration: (file: File, seconds: number) => void;
}

/** A place to drop a video, with a button that opens the files, and then a look at what was chosen. */
export function FilePicker({ file, limits, onChoose, onDuration }: FilePickerProps) {
  const [over, setOver] = useState(false);
  const text = strings.upload;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a shortcut; the button does the same
    <div
      class={[styles.picker, over && styles.over].filter(Boolean).join(' ')}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        const dropped = event.dataTransfer?.files[0];
        if (dropped) onChoose(dropped);
      }}
    >
      {file ? (
        <Preview file={file} onDuration={onDuration} />
      ) : (
        <span class={styles.mark}>
          <Icon name="upload" size={34} />
        </span>
      )}
      <p>{file ? <b>{file.name}</b> : text.drop}</p>
      <p class={styles.limits}>{text.limits(limits.video_size_limit, limits.video_duration_limit)}</p>
      <ChooseButton label={file ? text.chooseOther : text.choose} onChoose={onChoose} />
    </div>
  );
}

/** A button that opens the files of the device. */
export function ChooseButton({ label, onChoose }: { label: string; onChoose: (file: File) => void }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        class={styles.input}
        ref={input}
        type="file"
        accept="video/*"
        aria-label={label}
        tabIndex={-1}
        onChange={(event) => {
          const chosen = event.currentTarget.files?.[0];
          if (chosen) onChoose(chosen);
          // So that choosing the same file again is a change too.
          event.currentTarget.value = '';
        }}
      />
      <Button look="quiet" onPress={() => input.current?.click()}>
        {label}
      </Button>
    </>
  );
}

function Preview({ file, onDuration }: { file: File; onDuration: FilePickerProps['onDuration'] }) {
  const video = useRef<HTMLVideoElement>(null);
  const [readable, setReadable] = useState(true);
  useEffect(() => {
    const element = video.current;
    if (!element) return;
    const url = URL.createObjectURL(file);
    setReadable(true);
    element.src = url;
    return () => {
      element.removeAttribute('src');
      element.load();
      URL.revokeObjectURL(url);
    };
  }, [file]);
  return (
    <video
      class={styles.preview}
      ref={video}
      hidden={!readable}
      aria-label={strings.upload.preview}
      muted
      playsInline
      controls
      preload="metadata"
      onLoadedMetadata={(event) => onDuration(file, event.currentTarget.duration)}
      onError={() => setReadable(false)}
    />
  );
}
