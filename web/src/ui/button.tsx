import type { ComponentChildren } from 'preact';
import styles from './button.module.css';
import { Icon, type IconName } from './icon.tsx';

type Look = 'primary' | 'quiet' | 'danger' | 'onClip';

interface Shared {
  readonly look?: Look;
  readonly small?: boolean;
  readonly wide?: boolean;
  readonly icon?: IconName;
  readonly label?: string | undefined;
  readonly children: ComponentChildren;
}

function classes({ look = 'primary', small, wide }: Shared): string {
  return [styles.button, styles[look], small && styles.small, wide && styles.wide].filter(Boolean).join(' ');
}

interface ButtonProps extends Shared {
  readonly type?: 'button' | 'submit';
  /** Stays focusable, so that the focus is not lost, but does nothing. */
  readonly busy?: boolean;
  readonly pressed?: boolean;
  readonly onPress?: () => void;
}

/** A button with words. */
export function Button({ type = 'button', busy = false, pressed, onPress, ...shared }: ButtonProps) {
  return (
    <button
      type={type}
      class={classes(shared)}
      aria-disabled={busy ? 'true' : undefined}
      aria-pressed={pressed}
      aria-label={shared.label}
      onClick={(event) => {
        if (busy) event.preventDefault();
        else onPress?.();
      }}
    >
      {shared.icon && <Icon name={shared.icon} size={20} />}
      {shared.children}
    </button>
  );
}

/** A link that looks like a button: it goes somewhere and changes nothing. */
export function ButtonLink({ href, ...shared }: Shared & { href: string }) {
  return (
    <a href={href} class={classes(shared)} aria-label={shared.label}>
      {shared.icon && <Icon name={shared.icon} size={20} />}
      {shared.children}
    </a>
  );
}

interface IconButtonProps {
  readonly icon: IconName;
  readonly label: string;
  readonly class?: string | undefined;
  /** For one that stays down. */
  readonly pressed?: boolean | undefined;
  readonly opensDialog?: boolean;
  readonly onPress: () => void;
}

/** A round button whose words are only in its label. */
export function IconButton(props: IconButtonProps) {
  const { icon, label, pressed, opensDialog, onPress, class: className } = props;
  return (
    <button
      type="button"
      class={[styles.icon, className].filter(Boolean).join(' ')}
      aria-label={label}
      title={label}
      aria-pressed={pressed}
      aria-haspopup={opensDialog ? 'dialog' : undefined}
      onClick={onPress}
    >
      <Icon name={icon} />
    </button>
  );
}
