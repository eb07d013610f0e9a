import { letterKeys } from '../../state/preferences.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { Choice } from '../../ui/field.tsx';
import styles from './keys-dialog.module.css';
import { say } from './say.ts';

const KEYS = [
  { does: 'keyNext', keys: ['j', '↓', 'PageDown'] },
  { does: 'keyPrevious', keys: ['k', '↑', 'PageUp'] },
  { does: 'keyPlay', keys: ['Space'] },
  { does: 'keySeek', keys: ['←', '→'] },
  { does: 'keyLike', keys: ['l'] },
  { does: 'keyComments', keys: ['c'] },
  { does: 'keySave', keys: ['b'] },
  { does: 'keyShare', keys: ['s'] },
  { does: 'keySound', keys: ['m'] },
  { does: 'keyCaptions', keys: ['t'] },
  { does: 'keyFullscreen', keys: ['f'] },
  { does: 'keySearch', keys: ['/'] },
  { does: 'keyLeave', keys: ['Ctrl+Home', 'Ctrl+End'] },
  { does: 'keyClose', keys: ['Esc'] },
  { does: 'keyHelp', keys: ['?'] },
] as const;

/** Which keys there are, and a switch for who writes by voice. */
export function KeysDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title={say('keys')} onClose={onClose}>
      <dl class={styles.list}>
        {KEYS.map(({ does, keys }) => (
          <div class={styles.row} key={does}>
            <dt>{say(does)}</dt>
            <dd>
              {keys.map((key) => (
                <kbd class={styles.key} key={key}>
                  {key}
                </kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
      <Choice
        type="checkbox"
        name="letters"
        checked={letterKeys.value !== 'off'}
        onChoose={(checked) => {
          letterKeys.value = checked ? null : 'off';
        }}
      >
        {say('letters')}
      </Choice>
    </Dialog>
  );
}
