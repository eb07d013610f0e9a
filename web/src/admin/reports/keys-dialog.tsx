import { Dialog } from '../../ui/dialog.tsx';
import styles from './reports.module.css';
import { say } from './say.ts';

const KEYS = [
  ['keyNext', 'j'],
  ['keyPrevious', 'k'],
  ['keyOpen', 'o'],
  ['keyTake', 'a'],
  ['keyAct', 'm'],
  ['keyResolve', 'r'],
  ['keyDismiss', 'd'],
  ['keyEvidence', 'e'],
  ['keyUndo', 'u'],
  ['keyHelp', '?'],
] as const;

/** Which keys there are. */
export function KeysDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title={say('keys')} onClose={onClose}>
      <dl class={styles.keys}>
        {KEYS.map(([does, key]) => (
          <div key={key}>
            <dt>{say(does)}</dt>
            <dd>
              <kbd>{key}</kbd>
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
