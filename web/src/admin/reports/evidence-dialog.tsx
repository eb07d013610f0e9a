import { useEffect, useRef, useState } from 'preact/hooks';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Failed, Loading } from '../../ui/page.tsx';
import { useRemote } from '../../ui/use-remote.ts';
import { useEvidenceView } from '../preferences/calls.ts';
import { say as sayPreferences } from '../preferences/say.ts';
import { type Evidence, evidenceOf } from './calls.ts';
import styles from './reports.module.css';
import { say } from './say.ts';

/** What is kept of the posts of one report: covered, silent and still until asked. */
export function EvidenceDialog({ reportId, onClose }: { reportId: string; onClose: () => void }) {
  const [remote, reload] = useRemote(reportId, () => evidenceOf(reportId));
  return (
    <Dialog title={say('evidenceOf', { id: reportId })} onClose={onClose}>
      <p>{say('evidenceText')}</p>
      {remote.state === 'loading' && <Loading />}
      {remote.state === 'failed' && <Failed failure={remote.failure} onRetry={reload} />}
      {remote.state === 'ready' && remote.value.length === 0 && <p>{say('noEvidence')}</p>}
      {remote.state === 'ready' && remote.value.map((one) => <Post key={one.id} evidence={one} />)}
    </Dialog>
  );
}

function Post({ evidence }: { evidence: Evidence }) {
  const { frames, frames_state: state } = evidence;
  const { blur, greyscale } = useEvidenceView();
  const [shown, setShown] = useState<boolean | null>(null);
  const [grey, setGrey] = useState<boolean | null>(null);
  const [isShown, isGrey] = [shown ?? !blur, grey ?? greyscale];
  return (
    <section
      class={styles.evidence}
      aria-label={say('aboutPost', { kind: evidence.kind, id: evidence.status_id })}
    >
      <h3>{say('aboutPost', { kind: evidence.kind, id: evidence.status_id })}</h3>
      {evidence.text !== '' && (
        <blockquote class={styles.quote} dir="auto">
          {evidence.text}
        </blockquote>
      )}
      {state === 'waiting' && <p>{say('framesWaiting')}</p>}
      {state === 'missing' && <p>{say('framesMissing')}</p>}
      {frames && (
        <>
          <p class={styles.buttons}>
            <Button look="quiet" pressed={isShown} onPress={() => setShown(!isShown)}>
              {say(isShown ? 'hide' : 'show')}
            </Button>
            <Button look="quiet" onPress={() => setGrey(!isGrey)}>
              {sayPreferences(isGrey ? 'inColour' : 'withoutColour')}
            </Button>
          </p>
          <div class={styles.sheet}>
            <img
              class={isShown ? (isGrey ? styles.grey : undefined) : styles.covered}
              src={new URL(frames.url).pathname}
              alt={say('frames', { seconds: Math.round(frames.interval) })}
              width={frames.columns * frames.tile_width}
              height={frames.rows * frames.tile_height}
            />
          </div>
        </>
      )}
      {evidence.kind === 'video' && evidence.video_url === null && <p>{say('gone')}</p>}
      {evidence.video_url !== null && <Video url={evidence.video_url} isGrey={isGrey} />}
      {evidence.transcript !== '' && (
        <details>
          <summary>{say('transcript')}</summary>
          <p class={styles.quote} dir="auto">
            {evidence.transcript}
          </p>
        </details>
      )}
      {evidence.labels.length > 0 && (
        <details>
          <summary>{say('labels')}</summary>
          <ul>
            {evidence.labels.map(({ name, score }) => (
              <li key={name}>{say('label', { name, percent: Math.round(score * 100) })}</li>
            ))}
          </ul>
        </details>
      )}
      {evidence.files.length > 0 && (
        <details>
          <summary>{say('hashes')}</summary>
          <ul class={styles.hashes}>
            {evidence.files.map(({ role, sha256 }) => (
              <li key={`${role} ${sha256}`}>
                {role} <code>{sha256}</code>
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

const SPEEDS = [1, 2] as const;

/** The video itself, while it is there: fetched once it is asked for, as quiet and grey as was chosen, twice as fast where wanted. */
function Video({ url, isGrey }: { url: string; isGrey: boolean }) {
  const { mute } = useEvidenceView();
  const [isOpen, setOpen] = useState(false);
  const [speed, setSpeed] = useState<number>(2);
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (video.current) video.current.playbackRate = speed;
  }, [speed, isOpen]);
  if (!isOpen) {
    return (
      <p>
        <Button look="quiet" icon="play" onPress={() => setOpen(true)}>
          {say('watch')}
        </Button>
      </p>
    );
  }
  return (
    <>
      <video
        ref={video}
        class={isGrey ? `${styles.video} ${styles.grey}` : styles.video}
        src={url}
        controls
        muted={mute}
        playsInline
        preload="metadata"
        aria-label={say('watch')}
        onLoadedMetadata={(event) => {
          event.currentTarget.playbackRate = speed;
        }}
      />
      <p class={styles.buttons}>
        {SPEEDS.map((times) => (
          <Button key={times} look="quiet" small pressed={speed === times} onPress={() => setSpeed(times)}>
            {say('speed', { times })}
          </Button>
        ))}
      </p>
    </>
  );
}
