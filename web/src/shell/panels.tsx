import type { ComponentType } from 'preact';
import { closePanel, type OpenPanel, panel } from '../state/panels.ts';

export interface PanelProps {
  readonly panel: OpenPanel;
  readonly onClose: () => void;
}

/** Each is fetched when it is opened first: `lazy(() => import(…))`. */
const panels: Partial<Record<OpenPanel['name'], ComponentType<PanelProps>>> = {};

/** What is open about a clip. */
export function Panels() {
  const open = panel.value;
  const Panel = open && panels[open.name];
  return Panel ? <Panel key={`${open.name} ${open.status.id}`} panel={open} onClose={closePanel} /> : null;
}
