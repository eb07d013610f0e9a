import { useMemo } from 'preact/hooks';
import { useLocation, useRoute } from 'preact-iso/router';
import type { ChannelAnalytics, VideoAnalytics } from '../api/types.ts';
import { localTime, ownTimeZone } from '../editing/schedule.ts';
import { NotFoundPage } from '../shell/not-found.tsx';
import { NeedsSession } from '../ui/needs-session.tsx';
import { Failed, Loading, Page } from '../ui/page.tsx';
import styles from './analytics.module.css';
import { calls, figuresPath } from './calls.ts';
import { Figures } from './figures.tsx';
import { Live } from './live.tsx';
import { type Range, readRange, writeRange } from './range.ts';
import { RangePicker } from './range-picker.tsx';
import { Retention } from './retention.tsx';
import { say } from './say.ts';
import { Sources } from './sources.tsx';
import { TopClips } from './top-clips.tsx';
import { useFresh } from './use-fresh.ts';

/** The server adds up every two seconds; once in ten is near enough. */
const REFRESH_MS = 10_000;
const HEADING_LETTERS = 60;

/** How all of one's clips do. */
export function ChannelAnalyticsPage() {
  return (
    <NeedsSession title={say('analyticsTitle')} text={say('needed')}>
      <Page title={say('analyticsTitle')} width="wide">
        <Channel />
      </Page>
    </NeedsSession>
  );
}

/** How one of one's clips does. */
export function ClipAnalyticsPage() {
  const { id = '' } = useRoute().params;
  return (
    <NeedsSession title={say('analyticsTitle')} text={say('needed')}>
      {/^\d+$/.test(id) ? <Clip key={id} id={id} /> : <NotFoundPage />}
    </NeedsSession>
  );
}

function Channel() {
  const { range, setRange, query, everyMs } = useRange();
  const { value, failure, reload } = useFresh<ChannelAnalytics>(
    query.toString(),
    () => calls.channelFigures(query),
    everyMs,
  );
  return (
    <>
      <Way href="/studio" words={say('back')} />
      <Live videoId={null} />
      <RangePicker range={range} onChoose={setRange} />
      {failure && !value && <Failed failure={failure} onRetry={reload} />}
      {!failure && !value && <Loading />}
      {value && (
        <>
          <Figures analytics={value} range={range} />
          <div class={styles.pair}>
            <Sources sources={value.sources} />
            <TopClips videos={value.top_videos} />
          </div>
          <Tables videoId={null} query={query} tables={['series', 'videos', 'sources']} />
        </>
      )}
    </>
  );
}

function Clip({ id }: { id: string }) {
  const { range, setRange, query, everyMs } = useRange();
  const video = useFresh(id, () => calls.video(id), null);
  const { value, failure, reload } = useFresh<VideoAnalytics>(
    query.toString(),
    () => calls.videoFigures(id, query),
    everyMs,
  );
  if ((video.failure ?? failure)?.status === 404) return <NotFoundPage />;
  const caption = shortened(video.value?.text.trim() || say('noCaption'));
  return (
    <Page title={video.value ? say('analyticsOf', { caption }) : say('analyticsTitle')} width="wide">
      <Way href={`/studio/${id}`} words={say('editTitle')} />
      <Live videoId={id} />
      <RangePicker range={range} onChoose={setRange} />
      {failure && !value && <Failed failure={failure} onRetry={reload} />}
      {!failure && !value && <Loading />}
      {value && (
        <>
          <Figures analytics={value} range={range} />
          <div class={styles.pair}>
            <Retention retention={value.retention} seconds={video.value?.duration ?? null} />
            <Sources sources={value.sources} />
          </div>
          <Tables videoId={id} query={query} tables={['series', 'sources', 'retention']} />
        </>
      )}
    </Page>
  );
}

/** What fits into a heading, with a sign that it goes on. */
function shortened(caption: string): string {
  const [...letters] = caption;
  return letters.length <= HEADING_LETTERS
    ? caption
    : `${letters
        .slice(0, HEADING_LETTERS - 1)
        .join('')
        .trimEnd()}…`;
}

function Way({ href, words }: { href: string; words: string }) {
  return (
    <p class={styles.way}>
      <a href={href}>{words}</a>
    </p>
  );
}

/** What the address asks for, and the same as a question to the server. A period that ends today is asked about again and again. */
function useRange() {
  const { query: address, path, route } = useLocation();
  const today = localTime(Date.now()).slice(0, 10);
  const range = readRange(address, today);
  const { from, to, by } = range;
  const query = useMemo(
    () => new URLSearchParams({ from, to, by, time_zone: ownTimeZone() }),
    [from, to, by],
  );
  const setRange = (chosen: Range) => route(`${path}?${writeRange(chosen)}`, true);
  return { range, setRange, query, everyMs: to >= today ? REFRESH_MS : null };
}

const tableWords = {
  series: 'csvSeries',
  videos: 'csvVideos',
  sources: 'csvSources',
  retention: 'csvRetention',
} as const;

interface TablesProps {
  readonly videoId: string | null;
  readonly query: URLSearchParams;
  readonly tables: readonly (keyof typeof tableWords)[];
}

/** The same figures for spreadsheets. */
function Tables({ videoId, query, tables }: TablesProps) {
  const pathOf = (table: string) => `${figuresPath(videoId)}/export?${query}&table=${table}`;
  return (
    <section class={styles.section} aria-label={say('csv')}>
      <h2 class={styles.heading}>{say('csv')}</h2>
      <ul class={styles.tables}>
        {tables.map((table) => (
          <li key={table}>
            {/* The router leaves what names a target to the browser. */}
            <a class={styles.table} href={pathOf(table)} download target="_top">
              {say(tableWords[table])}
            </a>
          </li>
        ))}
      </ul>
      <p class={styles.note}>{say('late')}</p>
    </section>
  );
}
