import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { me } from '../state/session.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { Loading, Page } from '../ui/page.tsx';
import { Discover } from './discover.tsx';
import { readWish } from './query.ts';
import { rememberSearch } from './recent.ts';
import { Results } from './results.tsx';
import { say } from './say.ts';
import styles from './search.module.css';
import { useSearching } from './searching.ts';

/** Finds people, clips and hashtags as one writes, and on other servers on demand. */
export function SearchPage() {
  const { query } = useLocation();
  // It matters who asks: signed in, more is found.
  if (me.value === undefined) return <Loading />;
  return <Search first={query.q ?? ''} />;
}

function Search({ first }: { first: string }) {
  const [text, setText] = useState(first);
  const wish = useMemo(() => readWish(text), [text]);
  const { found, busy, ask } = useSearching(wish);
  const field = useRef<HTMLInputElement>(null);
  const results = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const active = document.activeElement;
    const isFree = !active || active === document.body || active.id === 'main';
    // On a phone it would open the keyboard over what trends.
    if (isFree && matchMedia('(hover: hover)').matches) field.current?.focus();
  }, []);
  // For reloading, for going back and for passing on, as soon as the text is seen; the router need not know.
  useLayoutEffect(() => {
    const path = wish ? `/search?${new URLSearchParams({ q: wish.text })}` : '/search';
    if (path !== location.pathname + location.search) history.replaceState(null, '', path);
  }, [wish]);

  const write = (next: string) => {
    setText(next);
    field.current?.focus();
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== 'ArrowDown') return;
    event.preventDefault();
    const first = ['[role=tabpanel] a', 'a, button'].map((what) =>
      results.current?.querySelector<HTMLElement>(what),
    );
    first.find((one) => one)?.focus();
  };

  return (
    <Page title={say('title')} width="wide">
      <search>
        <form
          class={styles.form}
          onSubmit={(event) => {
            event.preventDefault();
            rememberSearch(text);
            ask();
          }}
        >
          <span class={styles.icon}>
            <Icon name="search" size={20} />
          </span>
          <input
            ref={field}
            class={styles.field}
            type="search"
            name="q"
            aria-label={say('label')}
            placeholder={say('placeholder')}
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            enterkeyhint="search"
            maxLength={1_000}
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
            onKeyDown={onKey}
          />
          <Button type="submit" busy={busy}>
            {say('action')}
          </Button>
        </form>
      </search>
      <p class={styles.status} role="status">
        {busy ? say('searching') : ''}
      </p>
      <div ref={results}>
        {wish && found && (
          <Results found={found} busy={busy} onAsk={ask} onOpen={() => rememberSearch(text)} />
        )}
        {wish && !found && <Loading />}
        {!wish && <Discover onSearch={write} />}
      </div>
    </Page>
  );
}
