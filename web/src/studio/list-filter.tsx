import { useState } from 'preact/hooks';
import { Button } from '../ui/button.tsx';
import { Field, SelectField } from '../ui/field.tsx';
import { type ListQuery, type Sort, type State, sorts, states } from './list-query.ts';
import { say } from './say.ts';
import styles from './studio.module.css';

const stateWords = {
  published: 'published',
  scheduled: 'scheduled',
  draft: 'draft',
  processing: 'processingShort',
  uploading: 'uploading',
  failed: 'failed',
} as const;
const sortWords = {
  date: 'sortDate',
  views: 'sortViews',
  likes: 'sortLikes',
  comments: 'sortComments',
} as const;

/** Which clips are listed, and in which order. */
export function ListFilter({ query, onAsk }: { query: ListQuery; onAsk: (query: ListQuery) => void }) {
  const [words, setWords] = useState(query.search);
  return (
    <search aria-label={say('filterLabel')}>
      <form
        class={styles.filter}
        onSubmit={(event) => {
          event.preventDefault();
          onAsk({ ...query, search: words });
        }}
      >
        <SelectField
          label={say('state')}
          value={query.state ?? ''}
          choices={[
            { value: '', name: say('all') },
            ...states.map((value) => ({ value, name: say(stateWords[value]) })),
          ]}
          onChoose={(state) => onAsk({ ...query, state: (state || null) as State | null })}
        />
        <SelectField
          label={say('sortLabel')}
          value={query.sort}
          choices={sorts.map((value) => ({ value, name: say(sortWords[value]) }))}
          onChoose={(sort) => onAsk({ ...query, sort: sort as Sort })}
        />
        <div class={styles.searchFor}>
          <Field label={say('searchLabel')} name="q" value={words} onInput={setWords} maxLength={200} />
          <Button type="submit" look="quiet" icon="search">
            {say('search')}
          </Button>
        </div>
      </form>
    </search>
  );
}
