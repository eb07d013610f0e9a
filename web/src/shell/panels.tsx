import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { say as sayOfFailures } from '../api/say.ts';
import { closePanel, type OpenPanel, type PanelProps, panel } from '../state/panels.ts';
import { toast } from '../state/toasts.ts';

/** Each is fetched when it is opened first: `lazy(() => import(…))`. */
const panels: Partial<Record<OpenPanel['name'], ComponentType<PanelProps>>> = {
  comments: lazy(() => import('../comments/comments-panel.tsx').then((module) => module.CommentsPanel)),
  share: lazy(() => import('../share/share-panel.tsx').then((module) => module.SharePanel)),
  why: lazy(() => import('../feed/why/why-panel.tsx').then((module) => module.WhyPanel)),
  save: lazy(() => import('../playlists/save-panel.tsx').then((module) => module.SavePanel)),
  report: lazy(() => import('../report/report-panel.tsx').then((module) => module.ReportPanel)),
};
const AccountReportPanel = lazy(() =>
  import('../report/report-panel.tsx').then((module) => module.AccountReportPanel),
);

/** What is open about a clip or an account. Who goes to another page leaves it. */
export function Panels() {
  const { path } = useLocation();
  useEffect(() => closePanel, [path]);
  const open = panel.value;
  if (!open) return null;
  if (!open.status) {
    return <AccountReportPanel key={open.account.id} account={open.account} onClose={closePanel} />;
  }
  const Panel = panels[open.name];
  const key = `${open.name} ${open.status.id} ${open.commentId ?? ''}`;
  return Panel ? <Panel key={key} panel={open} onClose={closePanel} /> : null;
}

/** A part that is fetched when it is shown first. Where it does not come, that is said, and the next press asks again. */
function lazy<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  let known: ComponentType<P> | undefined;
  return function Lazy(props: P) {
    const [Part, setPart] = useState<ComponentType<P> | undefined>(() => known);
    useEffect(() => {
      if (known) return;
      load().then(
        (part) => {
          known = part;
          setPart(() => part);
        },
        () => {
          toast(sayOfFailures('unreachable'), 'error');
          closePanel();
        },
      );
    }, []);
    return Part ? <Part {...props} /> : null;
  };
}
