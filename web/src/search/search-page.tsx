import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { me } from '../state/session.ts';
import { Button, ButtonLink } from '../ui/button.tsx';
import { Loading, Page } from '../ui/page.tsx';
import { Discover } from './discover.tsx';
import { type Filters, readFilters, searchPath } from './filters.ts';
import { pageHere, readWish } from './query.ts';
import { rememberSearch } from './recent.ts';
import { Results } from './results.tsx';
import { say } from './say.ts';
import styles from './search.module.css';
import { SearchField } from './search-field.tsx';
import { useSearching } from './searching.ts';
import type { Suggestion } from './suggesting.ts';

/** Finds people, clips and hashtags as one writes, and on other servers on demand. */
export function SearchPage() {
  const { query } = useLocation();
  // It matters who asks: signed in, more is found.
  if (me.value === undefined) return <Loading />;
  return <Search first={query.q ?? ''} chosen={readFilters(query)} />;
}

function Search({ first, chosen }: { first: string; chosen: Filters }) {
  const { route } = useLocation();
  const [text, setText] = useState(first);
  const [filters, setFilters] = useState(chosen);
  const wish = useMemo(() => readWish(text), [text]);
  const here = pageHere(wish, location.origin);
  const { found, busy, ask } = useSearching(here === null ? wish : null, filters);
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
    const path = searchPath(wish?.text ?? '', filters);
    if (path !== location.pathname + location.search) history.replaceState(null, '', path);
  }, [wish, filters]);

  const write = (next: string) => {
    setText(next);
    field.current?.focus();
  };
  const take = (suggestion: Suggestion) => {
    if (suggestion.kind === 'search') return write(suggestion.text);
    rememberSearch(text);
    route(suggestion.path);
  };
  const toResults = () => {
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
            if (here === null) ask();
            else route(here);
          }}
        >
          <SearchField {...{ field, text }} onText={setText} onTake={take} onLeaveDown={toResults} />
          <Button type="submit" busy={busy}>
            {say('action')}
          </Button>
        </form>
      </search>
      <p class={styles.status} role="status">
        {busy ? say('searching') : ''}
      </p>
      <div ref={results}>
        {here !== null && (
          <p class={styles.ways}>
            <ButtonLink href={here} look="quiet">
              {say('openHere')}
            </ButtonLink>
          </p>
        )}
        {wish && here === null && found && (
          <Results
            {...{ found, busy, filters }}
            onFilters={setFilters}
            onAsk={ask}
            onOpen={() => rememberSearch(text)}
          />
        )}
        {wish && here === null && !found && <Loading />}
        {!wish && <Discover onSearch={write} />}
      </div>
    </Page>
  );
}
