import { useEffect, useRef } from 'preact/hooks';
import { focusMain } from '../shell/shell.tsx';
import { instance, me } from '../state/session.ts';
import { type UploadState, uploadState } from '../state/uploads.ts';
import { NeedsSession } from '../ui/needs-session.tsx';
import { Loading, Page } from '../ui/page.tsx';
import { EditsReport } from './edits-report.tsx';
import { Kept } from './kept.tsx';
import { Published } from './published.tsx';
import { say } from './say.ts';
import { UploadForm } from './upload-form.tsx';
import { Interrupted, MakingReady, Sending } from './upload-progress.tsx';
import { restoreUpload } from './uploader.ts';

/** From a file to a clip that is out: choose, send, wait, watch. */
export function UploadPage() {
  return (
    <NeedsSession title={say('title')} text={say('needed')}>
      <Steps />
    </NeedsSession>
  );
}

const underWay: readonly UploadState['phase'][] = ['sending', 'processing', 'published', 'kept'];

function Steps() {
  const server = instance.value;
  const account = me.value;
  const state = uploadState.value;
  useEffect(restoreUpload, []);
  const shown = useRef(state.phase);
  useEffect(() => {
    if (shown.current === state.phase) return;
    shown.current = state.phase;
    // What had the focus went with the last step; the next Tab goes on from here.
    if (document.activeElement === document.body) focusMain();
  }, [state.phase]);
  if (!server || !account) return <Loading />;
  return (
    <Page title={titleOf(state)} width={state.phase === 'idle' ? 'wide' : 'normal'}>
      {state.phase === 'idle' && (
        <UploadForm
          limits={{
            ...server.configuration.media_attachments,
            characters: server.configuration.statuses.max_characters,
          }}
          account={account}
          refusal={state.problem}
        />
      )}
      {state.phase === 'interrupted' && <Interrupted {...state} />}
      {state.phase === 'sending' && <Sending {...state} />}
      {state.phase === 'processing' && <MakingReady {...state} />}
      {state.phase === 'published' && <Published status={state.status} making={state.making} />}
      {state.phase === 'kept' && <Kept {...state} />}
      {underWay.includes(state.phase) && <EditsReport />}
    </Page>
  );
}

function titleOf(state: UploadState): string {
  if (state.phase === 'published') return say('publishedTitle');
  if (state.phase !== 'kept') return say('title');
  if (state.held) return say('heldTitle');
  return state.postsAt === null ? say('keptTitle') : say('scheduledTitle');
}
