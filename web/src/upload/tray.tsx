import { percentOf } from '../format.ts';
import { type UploadState, uploadState } from '../state/uploads.ts';
import { Button, ButtonLink, IconButton } from '../ui/button.tsx';
import { clipPath } from '../ui/links.ts';
import { say } from './say.ts';
import styles from './tray.module.css';
import { stepOf } from './upload-progress.tsx';
import { cancelUpload, finishUpload, pauseUpload, resumeUpload } from './uploader.ts';

/** The upload that goes on while other pages are shown: how far it is, and what can be done about it. */
export function UploadTray() {
  const state = uploadState.value;
  const percent = percentIn(state);
  return (
    <aside class={styles.tray} aria-label={say('tray')}>
      <div class={styles.words}>
        <p class={styles.name}>{nameOf(state)}</p>
        <p class={styles.step}>{stepIn(state)}</p>
        {percent !== null && (
          <progress class={styles.bar} max={100} value={percent} aria-label={say('tray')} />
        )}
      </div>
      <div class={styles.actions}>
        <Actions state={state} />
      </div>
    </aside>
  );
}

function Actions({ state }: { state: UploadState }) {
  switch (state.phase) {
    case 'sending':
      return (
        <>
          <IconButton
            icon={state.paused ? 'play' : 'pause'}
            label={state.paused ? (state.problem ? say('again') : say('resume')) : say('pause')}
            onPress={state.paused ? resumeUpload : pauseUpload}
          />
          <IconButton icon="close" label={say('cancel')} onPress={cancelUpload} />
        </>
      );
    case 'interrupted':
      return (
        <>
          <ButtonLink href="/upload" small look="quiet">
            {say('show')}
          </ButtonLink>
          <IconButton icon="close" label={say('cancel')} onPress={cancelUpload} />
        </>
      );
    case 'processing':
      return (
        <ButtonLink href="/upload" small look="quiet">
          {say('show')}
        </ButtonLink>
      );
    case 'published':
    case 'kept':
      return (
        <>
          <ButtonLink
            href={state.phase === 'kept' ? `/studio/${state.videoId}` : clipPath(state.status)}
            small
          >
            {state.phase === 'published' ? say('openClip') : state.held ? say('toHeld') : say('toDraft')}
          </ButtonLink>
          <IconButton icon="close" label={say('dismiss')} onPress={finishUpload} />
        </>
      );
    case 'idle':
      return (
        <>
          <ButtonLink href="/upload" small>
            {say('again')}
          </ButtonLink>
          <Button
            small
            look="quiet"
            onPress={() => {
              uploadState.value = { phase: 'idle' };
            }}
          >
            {say('dismiss')}
          </Button>
        </>
      );
  }
}

function percentIn(state: UploadState): number | null {
  if (state.phase === 'sending' || state.phase === 'interrupted') return percentOf(state.sent, state.size);
  if (state.phase === 'processing') return state.percent;
  return 'making' in state && state.making ? state.making.percent : null;
}

function nameOf(state: UploadState): string {
  if (state.phase === 'sending' || state.phase === 'interrupted') return state.name;
  if (state.phase === 'published') return say('out');
  if (state.phase === 'kept' && state.held) return say('heldTitle');
  if (state.phase === 'kept') return state.postsAt === null ? say('keptTitle') : say('scheduledTitle');
  return say('tray');
}

function stepIn(state: UploadState): string {
  switch (state.phase) {
    case 'idle':
      return state.problem ?? '';
    case 'sending': {
      const percent = percentOf(state.sent, state.size);
      if (state.problem) return state.problem;
      return state.paused ? say('paused', { percent }) : say('sending', { percent });
    }
    case 'interrupted':
      return say('interruptedTitle');
    case 'processing':
      return stepOf(state.stage, state.percent);
    case 'published':
    case 'kept':
      return state.making ? stepOf(state.making.stage, state.making.percent) : '';
  }
}
