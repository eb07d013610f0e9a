import { useState } from 'preact/hooks';
import type { AdminVideo } from '../../api/schema.gen.ts';
import { plainText } from '../../format.ts';
import { toast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { Page } from '../../ui/page.tsx';
import { TimeAgo } from '../../ui/time-ago.tsx';
import { useAddressState } from '../parts/address-state.ts';
import { Badge } from '../parts/badge.tsx';
import { ChoiceFilter, FilterBar, TextFilter } from '../parts/filter-bar.tsx';
import { List, useList } from '../parts/list.tsx';
import { Person } from '../parts/person.tsx';
import { ActionDialog } from './action-dialog.tsx';
import styles from './actions.module.css';
import { Cover } from './cover.tsx';
import { say } from './say.ts';

const STANDINGS = ['published', 'removed', 'limited', 'sensitive', 'waiting'];
/** So much of a caption tells which video it is. */
const MAX_CAPTION = 140;
const ORIGINS = ['local', 'remote'];

/** Videos for everybody, also removed ones; covers are blurred until somebody asks for them. */
export function VideosPage() {
  const state = useAddressState();
  const [remote, reload] = useList<AdminVideo>('/api/v1/admin/videos', state);
  const [acting, setActing] = useState<AdminVideo | null>(null);
  return (
    <Page title={say('videos')} width="wide">
      <FilterBar state={state}>
        <TextFilter state={state} name="q" label={say('search')} />
        <ChoiceFilter
          state={state}
          name="standing"
          label={say('standing')}
          choices={STANDINGS.map((value) => ({ value, name: say('standingOf', { standing: value }) }))}
        />
        <ChoiceFilter
          state={state}
          name="origin"
          label={say('origin')}
          choices={ORIGINS.map((value) => ({ value, name: say('originOf', { origin: value }) }))}
        />
      </FilterBar>
      <List
        state={state}
        remote={remote}
        onRetry={reload}
        empty={{ icon: 'play', title: say('noVideos'), text: say('noVideosText') }}
        label={say('videos')}
        rowKey={({ id }) => id}
        head={{ title: say('video'), cell: (video) => <Cover video={video} /> }}
        columns={[
          { title: say('caption'), wide: true, cell: (video) => <Caption video={video} /> },
          { title: say('author'), cell: ({ account }) => account && <Person account={account} /> },
          { title: say('marks'), cell: (video) => <Marks video={video} /> },
          { title: say('added'), cell: ({ created_at }) => <TimeAgo iso={created_at} /> },
        ]}
        actions={(video) => (
          <Button
            look="quiet"
            label={say('actWho', { what: `@${video.account?.acct ?? ''} ${video.id}` })}
            onPress={() => setActing(video)}
          >
            {say('act')}
          </Button>
        )}
      />
      {acting && (
        <ActionDialog
          targets={[{ kind: 'video', id: acting.id }]}
          onDone={({ action }) => {
            toast(say('done', { action: say('did', { action }) }));
            setActing(null);
            reload();
          }}
          onClose={() => setActing(null)}
        />
      )}
    </Page>
  );
}

/** What is said of it, which leads to where it can be watched. */
function Caption({ video: { id, account, content, state } }: { video: AdminVideo }) {
  const all = plainText(content);
  const words = all.length > MAX_CAPTION ? `${all.slice(0, MAX_CAPTION)}…` : all;
  if (account === null || state !== 'published') return <span dir="auto">{words || say('noCaption')}</span>;
  return (
    <a href={`/@${account.acct}/${id}`} dir="auto">
      {words || say('noCaption')}
    </a>
  );
}

function Marks({ video: { state, marks, sensitive } }: { video: AdminVideo }) {
  const did = (action: string) => say('did', { action });
  return (
    <span class={styles.badges}>
      {state === 'removed' && <Badge tone="bad">{say('standingOf', { standing: state })}</Badge>}
      {state === 'published' && <Badge tone="good">{say('standingOf', { standing: state })}</Badge>}
      {state !== 'removed' && state !== 'published' && (
        <Badge>{say('standingOf', { standing: 'waiting' })}</Badge>
      )}
      {(marks.sensitive || sensitive) && <Badge>{say('standingOf', { standing: 'sensitive' })}</Badge>}
      {marks.comments_off && <Badge>{did('comments_off')}</Badge>}
      {marks.muted && <Badge>{did('mute')}</Badge>}
      {marks.no_discovery && <Badge>{did('no_discovery')}</Badge>}
    </span>
  );
}
