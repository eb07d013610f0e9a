import { useMemo, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import type { StudioVideo } from '../api/types.ts';
import { ownTimeZone } from '../editing/schedule.ts';
import { count } from '../format.ts';
import { createPages, type Pages } from '../state/pages.ts';
import { Button, ButtonLink } from '../ui/button.tsx';
import { DownloadLink } from '../ui/download-link.tsx';
import { More } from '../ui/more.tsx';
import { NeedsSession } from '../ui/needs-session.tsx';
import { Notice, Page } from '../ui/page.tsx';
import { useInterval } from '../ui/use-interval.ts';
import { useRemote } from '../ui/use-remote.ts';
import { calls } from './calls.ts';
import { ClipTable } from './clip-table.tsx';
import { DeleteClip } from './delete-clip.tsx';
import { ListFilter } from './list-filter.tsx';
import { type ListQuery, readListQuery, writeListQuery } from './list-query.ts';
import { say } from './say.ts';
import styles from './studio.module.css';

/** How often clips that are on their way are looked at, and how many of them. */
const WATCH_MS = 2_000;
const WATCHED = 8;

/** One's own clips in whatever state, and what can be done with them. */
export function StudioPage() {
  return (
    <NeedsSession title={say('title')} text={say('needed')}>
      <Page title={say('title')} width="wide">
        <div class={styles.doors}>
          <ButtonLink href="/upload" icon="upload">
            {say('upload')}
          </ButtonLink>
          <ButtonLink href="/record" look="quiet">
            {say('record')}
          </ButtonLink>
          <ButtonLink href="/studio/analytics" look="quiet">
            {say('analytics')}
          </ButtonLink>
          <DownloadLink href="/api/v1/studio/sounds/export">{say('soundUsage')}</DownloadLink>
        </div>
        <Totals />
        <Clips />
      </Page>
    </NeedsSession>
  );
}

/** What all clips have by now. A list without its sums is of use, too: a failure leaves them out. */
function Totals() {
  const [remote] = useRemote('overview', () => calls.overview(ownTimeZone()));
  if (remote.state === 'failed') return null;
  const value = remote.state === 'ready' ? remote.value : null;
  const names = ['views', 'likes', 'comments', 'followers'] as const;
  return (
    <section aria-label={say('totals')} aria-busy={value === null}>
      <dl class={styles.totals}>
        {names.map((name) => (
          <div key={name} class={styles.total}>
            <dt>{say(name)}</dt>
            <dd>{value ? count(value.totals[name]) : <span class={styles.skeleton} />}</dd>
            {value && (
              <dd class={styles.note}>{say('newIn', { shown: count(value.period.totals[name]) })}</dd>
            )}
          </div>
        ))}
      </dl>
    </section>
  );
}

function Clips() {
  const { query, route } = useLocation();
  const wanted = readListQuery(query);
  const key = writeListQuery(wanted).toString();
  const pages = useMemo(
    () => createPages<StudioVideo>((next) => calls.videos(new URLSearchParams(key), next)),
    [key],
  );
  const ask = (changed: ListQuery) => {
    const search = writeListQuery(changed).toString();
    route(search ? `/studio?${search}` : '/studio', true);
  };
  return (
    <section class={styles.clips} aria-labelledby="studio-clips">
      <h2 id="studio-clips">{say('clips')}</h2>
      <ListFilter query={wanted} onAsk={ask} />
      <List
        key={key}
        pages={pages}
        isAll={key === '' || key.startsWith('sort=')}
        onAll={() => ask(readListQuery({}))}
      />
    </section>
  );
}

interface ListProps {
  readonly pages: Pages<StudioVideo>;
  /** Whether nothing was left out. */
  readonly isAll: boolean;
  readonly onAll: () => void;
}

function List({ pages, isAll, onAll }: ListProps) {
  const [deleting, setDeleting] = useState<StudioVideo | null>(null);
  const videos = pages.items.value;
  const phase = pages.phase.value;
  useInProgress(pages);
  return (
    <>
      {videos.length > 0 && <ClipTable videos={videos} onDelete={setDeleting} />}
      {videos.length === 0 && (phase === 'new' || phase === 'loading') && <Skeleton />}
      {videos.length === 0 && phase === 'ended' && isAll && (
        <Notice icon="upload" title={say('emptyTitle')} text={say('empty')}>
          <ButtonLink href="/upload">{say('upload')}</ButtonLink>
        </Notice>
      )}
      {videos.length === 0 && phase === 'ended' && !isAll && (
        <Notice icon="search" title={say('noneTitle')} text={say('none')}>
          <Button look="quiet" onPress={onAll}>
            {say('showAll')}
          </Button>
        </Notice>
      )}
      <More pages={pages} label={say('more')} quiet={videos.length === 0} />
      {deleting && (
        <DeleteClip
          video={deleting}
          onClose={() => setDeleting(null)}
          onDeleted={() => {
            pages.remove(deleting.id);
            setDeleting(null);
          }}
        />
      )}
    </>
  );
}

/** Looks at clips that are being made, so that their progress is seen. */
function useInProgress(pages: Pages<StudioVideo>): void {
  const moving = pages.items.value.filter(
    ({ state, processing }) =>
      state === 'uploading' || state === 'processing' || (state !== 'failed' && !processing.done),
  );
  useInterval(
    async () => {
      const looks = moving.slice(0, WATCHED).map(async ({ id }) => {
        const latest = await calls.video(id);
        if (latest.ok) pages.replace(latest.value);
        else if (latest.status === 404) pages.remove(id);
      });
      await Promise.all(looks);
    },
    moving.length > 0 ? WATCH_MS : null,
  );
}

function Skeleton() {
  return (
    <ul class={styles.bones} aria-hidden="true">
      {[0, 1, 2, 3].map((n) => (
        <li key={n} class={styles.bone} />
      ))}
    </ul>
  );
}
