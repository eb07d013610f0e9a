import { useState } from 'preact/hooks';
import type { Filter } from '../../api/types.ts';
import { absolute } from '../../format.ts';
import { toast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { Failed, Loading, Page } from '../../ui/page.tsx';
import { useRemote } from '../../ui/use-remote.ts';
import { calls } from '../calls.ts';
import { Section } from '../parts.tsx';
import styles from '../settings.module.css';
import { BlockedDomains, BlockedPeople, MutedPeople } from './blocked.tsx';
import { actionWords, FilterDialog } from './filter-dialog.tsx';
import { say } from './say.ts';

/** Words, people and servers of which somebody wants to see nothing. */
export function FiltersPage() {
  return (
    <Page title={say('filters')}>
      <Words />
      <MutedPeople />
      <BlockedPeople />
      <BlockedDomains />
    </Page>
  );
}

type Doing = { readonly verb: 'add' } | { readonly verb: 'edit' | 'remove'; readonly filter: Filter } | null;

function Words() {
  const [remote, reload, set] = useRemote('filters', calls.filters);
  const [doing, setDoing] = useState<Doing>(null);
  const [busy, setBusy] = useState(false);
  const filters = remote.state === 'ready' ? remote.value : [];
  const saved = (filter: Filter) => {
    toast(say(doing?.verb === 'add' ? 'filterAdded' : 'filterSaved'));
    set([...filters.filter(({ id }) => id !== filter.id), filter]);
    setDoing(null);
  };
  const remove = async (filter: Filter) => {
    setBusy(true);
    const outcome = await calls.removeFilter(filter.id);
    setBusy(false);
    setDoing(null);
    if (!outcome.ok) return toast(outcome.sentence, 'error');
    toast(say('filterRemoved'));
    set(filters.filter(({ id }) => id !== filter.id));
  };
  return (
    <Section title={say('words')} text={say('wordsText')}>
      {remote.state === 'loading' && <Loading />}
      {remote.state === 'failed' && <Failed failure={remote.failure} onRetry={reload} />}
      {remote.state === 'ready' && filters.length === 0 && <p class={styles.muted}>{say('noFilters')}</p>}
      <ul class={styles.list}>
        {filters.map((filter) => (
          <FilterItem
            key={filter.id}
            filter={filter}
            onEdit={() => setDoing({ verb: 'edit', filter })}
            onRemove={() => setDoing({ verb: 'remove', filter })}
          />
        ))}
      </ul>
      <Button icon="plus" onPress={() => setDoing({ verb: 'add' })}>
        {say('newFilter')}
      </Button>
      {(doing?.verb === 'add' || doing?.verb === 'edit') && (
        <FilterDialog
          filter={doing.verb === 'edit' ? doing.filter : null}
          onSaved={saved}
          onClose={() => setDoing(null)}
        />
      )}
      {doing?.verb === 'remove' && (
        <ConfirmDialog
          title={say('removeFilterTitle', { name: doing.filter.title })}
          text={say('removeFilterText')}
          action={say('remove')}
          busy={busy}
          onConfirm={() => remove(doing.filter)}
          onClose={() => setDoing(null)}
        />
      )}
    </Section>
  );
}

function FilterItem(props: { filter: Filter; onEdit: () => void; onRemove: () => void }) {
  const { title, keywords, filter_action, expires_at } = props.filter;
  const until =
    expires_at === null
      ? null
      : Date.parse(expires_at) <= Date.now()
        ? say('filterOver')
        : say('filterUntil', { date: absolute(expires_at) });
  return (
    <li class={styles.item}>
      <div class={styles.what}>
        <h3>
          <bdi>{title}</bdi>
        </h3>
        <p>
          {say('filterFacts', { words: keywords.length, action: say(actionWords[filter_action]) })}
          {until !== null && <> · {until}</>}
        </p>
      </div>
      <div class={styles.actions}>
        <Button look="quiet" label={say('changeWhat', { what: title })} onPress={props.onEdit}>
          {say('change')}
        </Button>
        <Button look="quiet" label={say('removeWhat', { what: title })} onPress={props.onRemove}>
          {say('remove')}
        </Button>
      </div>
    </li>
  );
}
