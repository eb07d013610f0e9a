import { letterKeys } from '../state/preferences.ts';
import { strings } from '../strings.ts';
import { Dialog } from '../ui/dialog.tsx';
import { Choice } from '../ui/field.tsx';
import styles from './keys-dialog.module.css';

/** Which keys there are, and a switch for who writes by voice. */
export function KeysDialog({ onClose }: { onClose: () => void }) {
  const text = strings.keys;
  return (
    <Dialog title={text.title} onClose={onClose}>
      <dl class={styles.list}>
        {text.list.map(({ keys, does }) => (
          <div class={styles.row} key={does}>
            <dt>{does}</dt>
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
        {text.letters}
      </Choice>
    </Dialog>
  );
}
