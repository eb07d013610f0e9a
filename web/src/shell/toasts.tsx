import { dismissToast, toasts } from '../state/toasts.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { say as sayOfUi } from '../ui/say.ts';
import styles from './shell.module.css';

/** Short messages over the page; the region is always there, so that what enters it is read out. */
export function Toasts() {
  return (
    <div class={styles.toasts} role="status">
      {toasts.value.map(({ id, text, kind, action }) => (
        <div class={[styles.toast, kind === 'error' && styles.error].filter(Boolean).join(' ')} key={id}>
          <Icon name={kind === 'error' ? 'alert' : 'check'} size={20} />
          <p>{text}</p>
          {action && (
            <Button
              look="quiet"
              small
              onPress={() => {
                dismissToast(id);
                action.run();
              }}
            >
              {action.label}
            </Button>
          )}
          <IconButton icon="close" label={sayOfUi('close')} onPress={() => dismissToast(id)} />
        </div>
      ))}
    </div>
  );
}
