import { useEffect, useState } from 'preact/hooks';
import { useLocation, useRoute } from 'preact-iso/router';
import { api } from '../api/endpoints.ts';
import type { Status } from '../api/types.ts';
import { ClipStage } from '../clip/clip-stage.tsx';
import { deedKeys } from '../clip/deeds.ts';
import { toggleFullscreen } from '../clip/fullscreen.ts';
import { say as sayOfClip } from '../clip/say.ts';
import { useClipKeys } from '../clip/use-clip-keys.ts';
import { calls } from '../comments/calls.ts';
import { commentPath } from '../comments/comment-path.ts';
import { Comments } from '../comments/comments.tsx';
import { say as sayOfComments } from '../comments/say.ts';
import { plainText } from '../format.ts';
import { toggleCaptions } from '../player/captions.ts';
import { toggleSound } from '../player/sound.ts';
import { usePlayback } from '../player/use-playback.ts';
import { usePool } from '../player/use-pool.ts';
import { useWatchReports } from '../player/use-watch-reports.ts';
import { PlaylistBar } from '../playlists/playlist-bar.tsx';
import { remixesOf } from '../remix/chain.ts';
import { RemixesPage } from '../remix/remixes-page.tsx';
import { NotFoundPage } from '../shell/not-found.tsx';
import { removeFromClipList } from '../state/clip-list.ts';
import { commentCountOf } from '../state/comment-counts.ts';
import { openPanel } from '../state/panels.ts';
import { loadRelationships } from '../state/relationships.ts';
import { isCovered } from '../state/revealed.ts';
import { me } from '../state/session.ts';
import { DeleteClip } from '../studio/delete-clip.tsx';
import { Button, ButtonLink } from '../ui/button.tsx';
import { clipPath, profilePath } from '../ui/links.ts';
import { Failed, Loading, Notice, useDarkRoom, useTitle } from '../ui/page.tsx';
import { say as sayOfUi } from '../ui/say.ts';
import { hasRoomBeside, useMedia } from '../ui/use-media.ts';
import { useRemote } from '../ui/use-remote.ts';
import { ClipArrows, useClipWalk } from './clip-arrows.tsx';
import { ClipDetails } from './clip-details.tsx';
import { EditMediaDialog } from './edit-media-dialog.tsx';
import { followCover } from './follow-cover.ts';
import { say } from './say.ts';
import styles from './watch.module.css';

/** One clip with all that is said about it, or the list of what was made of it. */
export function WatchPage() {
  const { handle = '', id = '', list } = useRoute().params;
  const known = handle.startsWith('@') && /^\d+$/.test(id);
  if (known && list === 'remixes') return <RemixesPage key={id} id={id} />;
  return known && list === undefined ? <Watch key={id} id={id} /> : <NotFoundPage />;
}

function Watch({ id }: { id: string }) {
  const [remote, reload, set] = useRemote(id, () => api.clip(id));
  useDarkRoom();
  if (remote.state === 'loading') return <Loading />;
  if (remote.state === 'ready') {
    const { value: status } = remote;
    return status.in_reply_to_id === null ? (
      <WatchClip status={status} onChange={set} />
    ) : (
      <ToClip comment={status} />
    );
  }
  if (remote.failure.status === 404) return <NotFoundPage />;
  if (remote.failure.status !== 410) return <Failed failure={remote.failure} level={1} onRetry={reload} />;
  return (
    <Notice icon="trash" title={say('goneTitle')} text={say('gone')} level={1}>
      <ButtonLink href="/">{sayOfUi('toFeed')}</ButtonLink>
    </Notice>
  );
}

/** The address of a comment leads to its clip, and there to the comment. */
function ToClip({ comment }: { comment: Status }) {
  const { route } = useLocation();
  const [remote, reload] = useRemote(comment.id, () => calls.context(comment.id));
  const clip =
    remote.state === 'ready' ? remote.value.ancestors.find((one) => one.in_reply_to_id === null) : undefined;
  useEffect(() => {
    if (clip) route(commentPath(clip, comment.id), true);
  }, [clip?.id]);
  if (remote.state === 'failed') return <Failed failure={remote.failure} level={1} onRetry={reload} />;
  return remote.state === 'ready' && !clip ? <NotFoundPage /> : <Loading />;
}

/** Comments stand below what is said about the clip, or a press away from it where there is no room. */
function CommentsOf({ status }: { status: Status }) {
  const { comment } = useLocation().query;
  const beside = useMedia(hasRoomBeside);
  useEffect(() => {
    if (!beside && comment !== undefined) openPanel({ name: 'comments', status, commentId: comment });
  }, [beside, comment, status.id]);
  if (beside) return <Comments status={status} commentId={comment} />;
  const total = commentCountOf(status);
  return (
    <div class={styles.open}>
      <Button look="quiet" icon="comment" wide onPress={() => openPanel({ name: 'comments', status })}>
        {sayOfComments('open', { n: total })}
      </Button>
    </div>
  );
}

function WatchClip({ status, onChange }: { status: Status; onChange: (status: Status) => void }) {
  const { account } = status;
  const [media] = status.media_attachments;
  const pool = usePool(1);
  const playback = usePlayback(pool, [status]);
  useWatchReports(status, media && playback.players.get(media.id), 'video');
  const { route } = useLocation();
  const [deleting, setDeleting] = useState(false);
  const [editing, setEditing] = useState(false);
  const here = useHere();
  const viewer = me.value?.id;
  const title = sayOfClip('by', { acct: account.acct });
  useTitle(isCovered(status) ? title : plainText(status.content).slice(0, 60) || title);

  useEffect(() => {
    if (viewer) loadRelationships([account.id]);
  }, [viewer, account.id]);
  // The name in the address is only for people; the id decides.
  useEffect(() => {
    if (location.pathname !== clipPath(status)) {
      history.replaceState(null, '', clipPath(status) + location.search);
    }
  }, [status]);
  const walk = useClipWalk(status.id);
  const { playlist } = useLocation().query;
  useClipKeys({
    ...walk,
    toggle: playback.toggle,
    seek: playback.seek,
    sound: toggleSound,
    captions: toggleCaptions,
    fullscreen: toggleFullscreen,
    search: () => route('/search'),
    ...deedKeys(status),
  });

  return (
    <div class={styles.watch} data-beside>
      <section class={styles.stage} aria-label={title}>
        {media && (
          <ClipStage
            status={status}
            media={media}
            player={playback.players.get(media.id)}
            active
            paused={playback.paused}
            onToggle={playback.toggle}
            onRetry={playback.retry}
            onChange={onChange}
          />
        )}
        {playlist !== undefined && media && (
          <PlaylistBar
            id={playlist}
            clipId={status.id}
            player={playback.players.get(media.id)}
            next={walk.next}
          />
        )}
        <ClipArrows {...walk} />
      </section>
      <div class={styles.side}>
        <ClipDetails
          status={status}
          title={title}
          {...(viewer === account.id
            ? { own: { onDelete: () => setDeleting(true), onEditMedia: () => setEditing(true) } }
            : {})}
        />
        <CommentsOf status={status} />
      </div>
      {editing && media && (
        <EditMediaDialog
          media={media}
          onChange={(latest) => onChange({ ...status, media_attachments: [latest] })}
          onCover={(latest) => followCover(latest, here, onChange)}
          onClose={() => setEditing(false)}
        />
      )}
      {deleting && (
        <DeleteClip
          video={{ id: status.id, state: 'published', stats: { remixes: remixesOf(status) } }}
          onClose={() => setDeleting(false)}
          onDeleted={() => {
            removeFromClipList(status.id);
            route(profilePath(account), true);
          }}
        />
      )}
    </div>
  );
}

/** Aborted when the page is left. */
function useHere(): AbortSignal {
  const [leaving] = useState(() => new AbortController());
  useEffect(() => () => leaving.abort(), [leaving]);
  return leaving.signal;
}
