import { useEffect, useState } from 'preact/hooks';
import { useLocation, useRoute } from 'preact-iso/router';
import type { StudioVideo } from '../api/types.ts';
import { RemixFacts } from '../remix/remix-facts.tsx';
import { say as sayOfRemix } from '../remix/say.ts';
import { NotFoundPage } from '../shell/not-found.tsx';
import { toast } from '../state/toasts.ts';
import { Button, ButtonLink } from '../ui/button.tsx';
import { NeedsSession } from '../ui/needs-session.tsx';
import { Failed, Loading, Page } from '../ui/page.tsx';
import { useInterval } from '../ui/use-interval.ts';
import { useRemote } from '../ui/use-remote.ts';
import { calls } from './calls.ts';
import { ClipMedia } from './clip-media.tsx';
import { DeleteClip } from './delete-clip.tsx';
import styles from './edit.module.css';
import { EditForm } from './edit-form.tsx';
import { say } from './say.ts';
import { StateChip } from './state-chip.tsx';
import { Versions } from './versions.tsx';

const WATCH_MS = 2_000;

/** What is said about one of one's own clips, and its rules. */
export function EditPage() {
  const { id = '' } = useRoute().params;
  return (
    <NeedsSession title={say('editTitle')} text={say('needed')}>
      {/^\d+$/.test(id) ? <Clip key={id} id={id} /> : <NotFoundPage />}
    </NeedsSession>
  );
}

function Clip({ id }: { id: string }) {
  const [remote, reload, set] = useRemote(id, () => calls.video(id));
  if (remote.state === 'loading') return <Loading />;
  if (remote.state === 'ready') return <EditClip video={remote.value} onChange={set} />;
  if (remote.failure.status === 404) return <NotFoundPage />;
  return <Failed failure={remote.failure} level={1} onRetry={reload} />;
}

interface EditClipProps {
  readonly video: StudioVideo;
  readonly onChange: (video: StudioVideo) => void;
}

function EditClip({ video, onChange }: EditClipProps) {
  const { route } = useLocation();
  const [deleting, setDeleting] = useState(false);
  const [busy, setBusy] = useState(false);
  const [changed, setChanged] = useState(false);
  const isWaiting = video.state === 'draft' || video.state === 'scheduled';
  useGuard(changed);
  // The fields keep what is written in them: only what is around them follows the server.
  useInterval(
    async () => {
      const latest = await calls.video(video.id);
      if (latest.ok) onChange(latest.value);
    },
    video.processing.done || video.state === 'failed' ? null : WATCH_MS,
  );
  const publish = async () => {
    setBusy(true);
    const outcome = await calls.publish(video.id);
    setBusy(false);
    if (!outcome.ok) return toast(outcome.sentence, 'error');
    toast(say('posted'));
    // A post is known by another id than its draft, often.
    const latest = await calls.video(outcome.value.id);
    if (outcome.value.id !== video.id) return route(`/studio/${outcome.value.id}`, true);
    if (latest.ok) onChange(latest.value);
  };
  return (
    <Page title={say('editTitle')}>
      <div class={styles.head}>
        <a href="/studio">{say('back')}</a>
        <StateChip video={video} />
      </div>
      <div class={styles.actions}>
        {isWaiting && (
          <Button busy={busy || changed} onPress={publish}>
            {say('postNow')}
          </Button>
        )}
        {video.state === 'published' && (
          <>
            <ButtonLink look="quiet" icon="play" href={`/@${video.author.acct}/${video.id}`}>
              {say('open')}
            </ButtonLink>
            <ButtonLink look="quiet" href={`/studio/${video.id}/analytics`}>
              {say('analytics')}
            </ButtonLink>
          </>
        )}
        <Button look="quiet" icon="trash" onPress={() => setDeleting(true)}>
          {say('remove')}
        </Button>
      </div>
      {video.remix_of && <RemixFacts remix={video.remix_of} />}
      {video.stats.remixes > 0 && (
        <a href={`/@${video.author.acct}/${video.id}/remixes`}>
          {sayOfRemix('list', { n: video.stats.remixes })}
        </a>
      )}
      <ClipMedia video={video} onChange={onChange} />
      <EditForm video={video} onSaved={onChange} onChanged={setChanged} />
      {video.state === 'published' && <Versions key={video.edited_at} id={video.id} />}
      {deleting && (
        <DeleteClip
          video={video}
          onClose={() => setDeleting(false)}
          onDeleted={() => {
            setChanged(false);
            route('/studio', true);
          }}
        />
      )}
    </Page>
  );
}

/** The browser asks before the page is closed while something is not saved. */
function useGuard(active: boolean): void {
  useEffect(() => {
    if (!active) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', ask);
    return () => removeEventListener('beforeunload', ask);
  }, [active]);
}
