import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { FormError } from '../ui/field.tsx';
import { keepMe } from './account.ts';
import { calls, type PictureRole } from './calls.ts';
import { type Crop, cropBox, dragged, MAX_ZOOM, middle, type Size } from './crop.ts';
import { RangeField } from './parts.tsx';
import styles from './pictures.module.css';
import { say } from './say.ts';

/** Twice what the server keeps of the smaller one, so that it has something to choose from. */
const sizes: Readonly<Record<PictureRole, Size>> = {
  avatar: { width: 800, height: 800 },
  header: { width: 1_500, height: 500 },
};

const QUALITY = 0.92;
const percent = (part: number) => Math.round(part * 100);

/** Asks which part of a picture is to be shown, and sends exactly that. */
export function CropDialog(props: {
  role: PictureRole;
  picture: ImageBitmap;
  onDone: () => void;
  onClose: () => void;
}) {
  const { role, picture } = props;
  const size = sizes[role];
  const aspect = size.width / size.height;
  const canvas = useRef<HTMLCanvasElement>(null);
  const [crop, setCrop] = useState<Crop>(middle);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  useLayoutEffect(() => {
    if (canvas.current) draw(canvas.current, picture, cropBox(picture, aspect, crop));
  }, [picture, aspect, crop]);

  const send = async () => {
    const made = await new Promise<Blob | null>((done) =>
      canvas.current?.toBlob(done, 'image/jpeg', QUALITY),
    );
    if (!made) return setProblem(say('unreadable'));
    setBusy(true);
    const outcome = keepMe(await calls.setPicture(role, made));
    setBusy(false);
    if (outcome.ok) props.onDone();
    else setProblem(outcome.sentence);
  };
  const drag = (event: PointerEvent & { currentTarget: HTMLCanvasElement }) => {
    if (event.buttons === 0) return;
    const { clientWidth, clientHeight } = event.currentTarget;
    const by = { x: event.movementX / clientWidth, y: event.movementY / clientHeight };
    setCrop((old) => dragged(picture, aspect, old, by));
  };

  return (
    <Dialog title={say('cropTitle')} onClose={props.onClose}>
      {problem !== null && <FormError sentence={problem} />}
      <canvas
        class={`${styles.preview} ${role === 'avatar' ? styles.round : ''}`}
        ref={canvas}
        width={size.width}
        height={size.height}
        role="img"
        aria-label={say('cropPreview')}
        onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
        onPointerMove={drag}
      />
      <p class={styles.hint}>{say('cropHint')}</p>
      <div class={styles.ranges}>
        <RangeField
          label={say('zoom')}
          {...{ min: 1, max: MAX_ZOOM, step: 0.05, value: crop.zoom }}
          said={say('zoomValue', { percent: percent(crop.zoom) })}
          onInput={(zoom) => setCrop((old) => ({ ...old, zoom }))}
        />
        <RangeField
          label={say('sideways')}
          isSideways
          {...{ min: 0, max: 1, step: 0.02, value: crop.x }}
          said={say('placeValue', { percent: percent(crop.x) })}
          onInput={(x) => setCrop((old) => ({ ...old, x }))}
        />
        <RangeField
          label={say('upDown')}
          {...{ min: 0, max: 1, step: 0.02, value: crop.y }}
          said={say('placeValue', { percent: percent(crop.y) })}
          onInput={(y) => setCrop((old) => ({ ...old, y }))}
        />
      </div>
      <Button busy={busy} wide onPress={send}>
        {say('usePicture')}
      </Button>
    </Dialog>
  );
}

function draw(
  canvas: HTMLCanvasElement,
  picture: ImageBitmap,
  box: { left: number; top: number; width: number; height: number },
): void {
  const context = canvas.getContext('2d');
  if (!context) return;
  // What can be seen through becomes white, since the file that is sent knows no such thing.
  context.fillStyle = '#ffffff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(picture, box.left, box.top, box.width, box.height, 0, 0, canvas.width, canvas.height);
}
