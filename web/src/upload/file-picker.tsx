import { useEffect, useRef, useState } from 'preact/hooks';
import { bytes, spokenDuration } from '../format.ts';
import { ChooseFile } from '../ui/choose-file.tsx';
import { Icon } from '../ui/icon.tsx';
import { Room } from './room.tsx';
import { say } from './say.ts';
import styles from './upload.module.css';

/** A place after every end. */
const BEYOND_S = 1e7;

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
  /** Address of the file. */
  readonly url: string | null;
  /** Whether this browser can show the file. */
  readonly readable: boolean;
  readonly limits: UploadLimits;
  readonly onChoose: (file: File) => void;
  /** Called when the browser knows the length of the file, in seconds, and the shape of its picture, width by height. */
  readonly onMeasured: (file: File, seconds: number, aspect: number) => void;
  readonly onReadable: (file: File, readable: boolean) => void;
}

/** A place to drop a video, with a button that opens the files, and then a look at what was chosen. */
export function FilePicker(props: FilePickerProps) {
  const { file, url, readable, limits, onChoose } = props;
  const [over, setOver] = useState(false);
  const shown = file !== null && url !== null && readable;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a shortcut; the button does the same
    <div
      class={[styles.picker, shown && styles.chosen, over && styles.over].filter(Boolean).join(' ')}
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
      {shown && <Preview {...props} file={file} url={url} />}
      {!file && (
        <span class={styles.mark}>
          <Icon name="upload" size={34} />
        </span>
      )}
      <p>{file ? <b>{file.name}</b> : say('drop')}</p>
      {file && !readable && <p role="status">{say('unreadable')}</p>}
      <p class={styles.limits}>
        {say('limits', {
          size: bytes(limits.video_size_limit),
          length: spokenDuration(limits.video_duration_limit),
        })}
      </p>
      <Room />
      <ChooseFile label={file ? say('chooseOther') : say('choose')} accept="video/*" onChoose={onChoose} />
    </div>
  );
}

interface PreviewProps extends Pick<FilePickerProps, 'onMeasured' | 'onReadable'> {
  readonly file: File;
  readonly url: string;
}

function Preview({ file, url, onMeasured, onReadable }: PreviewProps) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const element = video.current;
    if (!element) return;
    element.src = url;
    return () => {
      element.removeAttribute('src');
      element.load();
    };
  }, [url]);
  const measure = (element: HTMLVideoElement) => {
    const { duration, videoWidth, videoHeight } = element;
    if (videoWidth === 0) return;
    // Recordings of browsers tell how long they are only once somebody has been at their end.
    if (duration === Number.POSITIVE_INFINITY) element.currentTime = BEYOND_S;
    if (!Number.isFinite(duration)) return;
    if (element.currentTime > 0) element.currentTime = 0;
    onMeasured(file, duration, videoWidth / videoHeight);
  };
  return (
    <video
      class={styles.preview}
      ref={video}
      aria-label={say('preview')}
      muted
      playsInline
      preload="metadata"
      onLoadedMetadata={({ currentTarget }) => {
        // A sound without a picture: the browser knows the one codec and not the other.
        onReadable(file, currentTarget.videoWidth > 0);
        measure(currentTarget);
      }}
      onDurationChange={({ currentTarget }) => measure(currentTarget)}
      onError={() => onReadable(file, false)}
    />
  );
}
