import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { me } from '../state/session.ts';
import { stored } from '../state/stored.ts';
import { uploadState } from '../state/uploads.ts';

/** What the uploader keeps of an upload (upload/stored-upload.ts); its code is only fetched where there is one. */
const LEFT = 'vireo.upload';

/** The upload that is under way, on every page but its own. */
export function UploadTraySlot() {
  const { path } = useLocation();
  const [Tray, setTray] = useState<ComponentType | null>(null);
  const state = uploadState.value;
  const account = me.value;
  const isWanted = path !== '/upload' && (state.phase !== 'idle' || state.problem !== undefined);
  useEffect(() => {
    if (!account || stored(LEFT) === null) return;
    // Where its code does not come, the page of uploads tries again.
    import('../upload/uploader.ts').then(({ restoreUpload }) => restoreUpload()).catch(() => undefined);
  }, [account?.id]);
  useEffect(() => {
    if (!isWanted || Tray) return;
    import('../upload/tray.tsx').then(({ UploadTray }) => setTray(() => UploadTray)).catch(() => undefined);
  }, [isWanted]);
  return isWanted && Tray ? <Tray /> : null;
}
