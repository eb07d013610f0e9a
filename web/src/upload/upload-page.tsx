import { useEffect } from 'preact/hooks';
import { instance } from '../state/session.ts';
import { uploadState } from '../state/uploads.ts';
import { strings } from '../strings.ts';
import { NeedsSession } from '../ui/needs-session.tsx';
import { Loading, Page } from '../ui/page.tsx';
import { Published } from './published.tsx';
import { UploadForm } from './upload-form.tsx';
import { Interrupted, MakingReady, Sending } from './upload-progress.tsx';
import { restoreUpload } from './uploader.ts';

/** From a file to a clip that is out: choose, send, wait, watch. */
export function UploadPage() {
  return (
    <NeedsSession title={strings.upload.title} text={strings.auth.neededUpload}>
      <Steps />
    </NeedsSession>
  );
}

function Steps() {
  const server = instance.value;
  const state = uploadState.value;
  useEffect(restoreUpload, []);
  if (!server) return <Loading />;
  return (
    <Page title={state.phase === 'published' ? strings.upload.publishedTitle : strings.upload.title}>
      {state.phase === 'idle' && (
        <UploadForm
          limits={{
            ...server.configuration.media_attachments,
            characters: server.configuration.statuses.max_characters,
          }}
          refusal={state.problem}
        />
      )}
      {state.phase === 'interrupted' && <Interrupted {...state} />}
      {state.phase === 'sending' && <Sending {...state} />}
      {state.phase === 'processing' && <MakingReady {...state} />}
      {state.phase === 'published' && <Published status={state.status} making={state.making} />}
    </Page>
  );
}
