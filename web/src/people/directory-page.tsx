import { useEffect, useMemo } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { createPages } from '../state/pages.ts';
import { loadRelationships } from '../state/relationships.ts';
import { me } from '../state/session.ts';
import { AccountCard } from '../ui/account/account-card.tsx';
import { ButtonLink } from '../ui/button.tsx';
import { SelectField } from '../ui/field.tsx';
import { More } from '../ui/more.tsx';
import { Loading, Notice, Page } from '../ui/page.tsx';
import { loadDirectory, type Order, orders, type Place, places } from './calls.ts';
import styles from './people.module.css';
import { say } from './say.ts';
import { Suggested } from './suggested.tsx';

/** People to follow: those suggested, and all who want to be found. */
export function DirectoryPage() {
  const { query, route } = useLocation();
  const viewer = me.value;
  if (viewer === undefined) return <Loading />;
  const order = orders.find((one) => one === query.order) ?? 'active';
  const place = places.find((one) => one === query.where) ?? 'all';
  const choose = (change: { readonly order?: string; readonly where?: string }) =>
    route(`/directory?${new URLSearchParams({ order, where: place, ...change })}`, true);
  const all = (
    <section class={styles.part} aria-labelledby="directory">
      <h2 id="directory">{say('directory')}</h2>
      <p class={styles.muted}>{say('directoryText')}</p>
      <div class={styles.choices}>
        <SelectField
          label={say('order')}
          value={order}
          choices={orders.map((value) => ({ value, name: say(value) }))}
          onChoose={(value) => choose({ order: value })}
        />
        <SelectField
          label={say('where')}
          value={place}
          choices={places.map((value) => ({ value, name: say(value) }))}
          onChoose={(where) => choose({ where })}
        />
      </div>
      <Directory key={`${viewer?.id} ${order} ${place}`} order={order} place={place} />
    </section>
  );
  return (
    <Page title={say('title')} width="wide">
      <p class={styles.ways}>
        <ButtonLink look="quiet" icon="search" href="/search">
          {say('search')}
        </ButtonLink>
      </p>
      {viewer ? <Suggested>{all}</Suggested> : all}
    </Page>
  );
}

function Directory({ order, place }: { order: Order; place: Place }) {
  const pages = useMemo(() => createPages(loadDirectory(order, place)), [order, place]);
  const items = pages.items.value;
  useEffect(() => {
    if (me.peek()) loadRelationships(items.map(({ id }) => id));
  }, [items]);
  return (
    <>
      {items.length > 0 && (
        <ul class={styles.people} aria-labelledby="directory">
          {items.map((account) => (
            <li key={account.id}>
              <AccountCard account={account} />
            </li>
          ))}
        </ul>
      )}
      {items.length === 0 && pages.phase.value === 'ended' && (
        <Notice icon="person" title={say('none')} text={say('noneText')} />
      )}
      <More pages={pages} label={say('more')} />
    </>
  );
}
