import buttons from './button.module.css';
import { Icon } from './icon.tsx';

/** A link that looks like a button to a file that the server makes: no place in the page, so the router leaves it alone. */
export function DownloadLink({ href, children }: { href: string; children: string }) {
  return (
    <a class={`${buttons.button} ${buttons.quiet}`} href={href} target="_self" download>
      <Icon name="download" size={20} />
      {children}
    </a>
  );
}
