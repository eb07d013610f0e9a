import { useEffect } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { me } from '../state/session.ts';
import { stored } from '../state/stored.ts';
import { uploadState } from '../state/uploads.ts';
import { clipPath } from '../ui/links.ts';
import { useFetched } from './use-fetched.ts';

/** What the uploader keeps of an upload (upload/stored-upload.ts); its code is only fetched where there is one. */
const LEFT = 'vireo.upload';

const tray = () => import('../upload/tray.tsx').then((module) => module.UploadTray);

/** The upload that is under way, on every page but its own. */
export function UploadTraySlot() {
  const { path } = useLocation();
  const state = uploadState.value;
  const account = me.value;
  const isUp = state.phase !== 'idle' || state.problem !== undefined;
  const leadsHere = state.phase === 'published' && path === clipPath(state.status);
  const isWanted = path !== '/upload' && isUp && !leadsHere;
  const isSettled = leadsHere && state.making === null;
  useEffect(() => {
    // Whoever has come to the clip need not be told of it any more.
    if (isSettled)
      import('../upload/uploader.ts').then(({ finishUpload }) => finishUpload()).catch(() => undefined);
  }, [isSettled]);
  useEffect(() => {
    if (!account || stored(LEFT) === null) return;
    // Where its code does not come, the page of uploads tries again.
    import('../upload/uploader.ts').then(({ restoreUpload }) => restoreUpload()).catch(() => undefined);
  }, [account?.id]);
  const Tray = useFetched(isWanted, tray);
  return Tray && <Tray />;
}
