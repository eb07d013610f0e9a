import { plainText } from '../../format.ts';
import { TimeAgo } from '../../ui/time-ago.tsx';
import { Cover } from '../actions/cover.tsx';
import { useAddressState } from '../parts/address-state.ts';
import { Badge } from '../parts/badge.tsx';
import { List, useList } from '../parts/list.tsx';
import { Person } from '../parts/person.tsx';
import { type AdminVideo, videosPath } from './calls.ts';
import { say } from './say.ts';

/** Videos with a sound, newest first; covers are blurred until somebody asks for them. */
export function VideosOfSound({ id }: { id: string }) {
  const state = { ...useAddressState(), isFiltered: false };
  const [remote, reload] = useList<AdminVideo>(videosPath(id), state);
  return (
    <List
      state={state}
      remote={remote}
      onRetry={reload}
      empty={{ icon: 'play', title: say('noVideos'), text: say('noVideosText') }}
      label={say('videos')}
      rowKey={(video) => video.id}
      head={{ title: say('videos'), cell: (video) => <Cover video={video} /> }}
      columns={[
        { title: say('caption'), wide: true, cell: (video) => <Caption video={video} /> },
        { title: say('by'), cell: ({ account }) => account && <Person account={account} /> },
        {
          title: say('standing'),
          cell: ({ marks }) => marks.muted && <Badge tone="bad">{say('isMuted')}</Badge>,
        },
        { title: say('added'), cell: ({ created_at: at }) => <TimeAgo iso={at} /> },
      ]}
    />
  );
}

function Caption({ video: { id, account, content, state } }: { video: AdminVideo }) {
  const words = plainText(content) || say('noCaption');
  if (account === null || state !== 'published') return <span dir="auto">{words}</span>;
  return (
    <a href={`/@${account.acct}/${id}`} dir="auto">
      {words}
    </a>
  );
}
