import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { say as sayOfFailures } from '../api/say.ts';
import { toast } from '../state/toasts.ts';
import { Icon } from '../ui/icon.tsx';
import menu from '../ui/menu.module.css';
import styles from './clip-actions.module.css';
import type { ClipMenu, ClipMenuProps } from './menu/clip-menu.tsx';
import { say } from './say.ts';

let known: typeof ClipMenu | undefined;

/** The button of what one rarely does with a clip. The menu is fetched when it is opened first, and takes the place of the button. */
export function ClipMenuButton(props: ClipMenuProps) {
  const [Menu, setMenu] = useState<typeof ClipMenu | undefined>(() => known);
  const box = useRef<HTMLSpanElement>(null);
  const wasPressed = useRef(false);
  useLayoutEffect(() => {
    if (!Menu || !wasPressed.current) return;
    wasPressed.current = false;
    box.current?.querySelector('button')?.click();
  }, [Menu]);
  const open = () => {
    wasPressed.current = true;
    import('./menu/clip-menu.tsx').then(
      (module) => {
        known = module.ClipMenu;
        setMenu(() => module.ClipMenu);
      },
      () => toast(sayOfFailures('unreachable'), 'error'),
    );
  };
  return (
    <span class={styles.whole} ref={box}>
      {Menu ? (
        <Menu {...props} />
      ) : (
        <button
          type="button"
          class={[menu.opener, props.class].filter(Boolean).join(' ')}
          aria-label={say('more')}
          title={say('more')}
          aria-haspopup="menu"
          aria-expanded={false}
          onClick={open}
        >
          <Icon name="more" />
        </button>
      )}
    </span>
  );
}
