import type { ComponentType } from 'preact';
import { useRoute } from 'preact-iso/router';
import { NotFoundPage } from '../shell/not-found.tsx';
import { instance, serverName } from '../state/session.ts';
import { Loading } from '../ui/page.tsx';
import styles from './about.module.css';
import { BlocksPage } from './blocks-page.tsx';
import { PrivacyPage } from './privacy-page.tsx';
import { RulesPage } from './rules-page.tsx';
import { say } from './say.ts';
import { ServerPage } from './server-page.tsx';
import { TransparencyPage } from './transparency/transparency-page.tsx';

/** By their place in the address. */
const pages = {
  '': { title: 'about', Content: ServerPage },
  rules: { title: 'rules', Content: RulesPage },
  privacy: { title: 'privacy', Content: PrivacyPage },
  blocks: { title: 'blocks', Content: BlocksPage },
  transparency: { title: 'transparency', Content: TransparencyPage },
} as const satisfies Record<string, { readonly title: string; readonly Content: ComponentType }>;

const isPage = (name: string): name is keyof typeof pages => Object.hasOwn(pages, name);

/** What this server says of itself: who runs it, by which rules, what it does with what it knows, and whom it limits. */
export function AboutPage() {
  const name = useRoute().params.page ?? '';
  if (!isPage(name)) return <NotFoundPage />;
  if (!instance.value) return <Loading />;
  const { Content } = pages[name];
  return (
    <div class={styles.frame}>
      <nav aria-label={say('pages')}>
        <ul class={styles.places}>
          {Object.entries(pages).map(([path, { title }]) => (
            <li key={path}>
              <a
                class={styles.place}
                href={path === '' ? '/about' : `/about/${path}`}
                aria-current={path === name ? 'page' : undefined}
              >
                {say(title)}
              </a>
            </li>
          ))}
          <li>
            <a class={styles.place} href="/copyright">
              {say('copyright')}
            </a>
          </li>
          <li>
            {/* The server writes that page itself: the router leaves links alone that name another target than their own page. */}
            <a class={styles.place} href="/about/algorithm" target="_top">
              {say('algorithm')}
            </a>
          </li>
        </ul>
      </nav>
      <Content key={`${name} ${serverName()}`} />
    </div>
  );
}
