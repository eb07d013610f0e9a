import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import { createFigures, type FigureSource } from './figures.ts';

/** What is counted in this process, for an admin's monitoring. Nothing in it names a person or an address. */
export interface Metrics {
  /**
   * What became of an activity: `accepted` and `rejected` by the gate, the others when it was carried out.
   * `reason` is a word of the program, never text from outside.
   */
  inbox(outcome: InboxOutcome, reason?: string | null): void;
  /** One attempt to deliver, to a server that runs `software`. */
  delivery(verdict: 'delivered' | 'retry' | 'dead', software: string | null): void;
  /** One request to another server: `ok`, or why it gave no answer. */
  fetch(outcome: string): void;
  /** One request to this server that was answered, of a kind of the program. */
  request(kind: string, status: number, seconds: number): void;
  /** One try of a job. */
  job(queue: string, outcome: 'done' | 'retry' | 'dead', seconds: number): void;
  /** From the end of an upload until it could be watched. */
  playable(seconds: number): void;
  /** A video of so many seconds took so many seconds to make. */
  transcoded(videoSeconds: number, seconds: number): void;
  /** One run of ffmpeg: `ok`, or how it ended. */
  ffmpeg(outcome: string): void;
  /** One question to the classifier: `answered`, `unavailable`, `refused` or `off`. */
  classified(outcome: string): void;
  /** One page of a search: the index that answered, or why one did not. */
  searched(outcome: string): void;
  /** One try to sign in that was refused. */
  signInFailed(): void;
  /** How long somebody waited for a connection to the database. */
  poolWait(seconds: number): void;
  /** One statement that took long. */
  slowQuery(): void;
  /** Adds figures of the whole server, which are read whenever the page is. */
  watch(figures: readonly FigureSource[]): void;
  /** The page in the text format of Prometheus. Figures that cannot be had are left out, and named on it. */
  page(): Promise<{ contentType: string; body: string }>;
}

export type InboxOutcome = 'accepted' | 'rejected' | 'applied' | 'ignored' | 'refused';

/** Servers invent names for their software; those that are not here are `other`. */
const SOFTWARE = new Set(
  `akkoma friendica gotosocial hollo hubzilla iceshrimp lemmy loops mastodon mbin misskey mitra peertube
   piefed pixelfed pleroma sharkey vireo wordpress writefreely`.split(/\s+/),
);
/** Bounds of the histograms, in seconds. The half second of an inbox and the second of a feed are among them. */
const REQUEST_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const JOB_SECONDS = [0.05, 0.25, 1, 5, 15, 30, 60, 120, 300, 900, 3_600];
/** So many different reasons of one counter; a mistake in the program must not fill the memory. */
const MAX_REASONS = 100;

/** Builds the counters; with `ofProcess`, what the process itself takes (memory, processor, event loop) is told too. */
export function createMetrics({ ofProcess = false } = {}): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, ...labelNames: L[]) =>
    new Counter({ name: `vireo_${name}`, help, labelNames, registers });
  const histogram = <L extends string>(name: string, help: string, buckets: number[], ...labelNames: L[]) =>
    new Histogram({ name: `vireo_${name}`, help, buckets, labelNames, registers });
  const inbox = counter(
    'inbox_activities_total',
    'Activities from other servers, by what became of them',
    ...(['outcome', 'reason'] as const),
  );
  const deliveries = counter(
    'delivery_attempts_total',
    'Attempts to deliver an activity, by outcome and by the software of the server',
    ...(['verdict', 'software'] as const),
  );
  const fetches = counter('fetches_total', 'Requests to other servers, by outcome', 'outcome');
  const requests = histogram(
    'http_request_seconds',
    'Answered requests, by what was asked for and by the class of the answer',
    REQUEST_SECONDS,
    ...(['kind', 'status'] as const),
  );
  const jobs = histogram(
    'job_seconds',
    'Tries of background jobs, by queue and outcome',
    JOB_SECONDS,
    ...(['queue', 'outcome'] as const),
  );
  const playable = histogram(
    'upload_playable_seconds',
    'From the end of an upload until it can be watched',
    JOB_SECONDS,
  );
  const realtime = histogram(
    'transcode_realtime_factor',
    'Seconds of video that were made in one second of work',
    [0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 20],
  );
  const ffmpeg = counter('ffmpeg_runs_total', 'Runs of ffmpeg, by how they ended', 'outcome');
  const classified = counter(
    'classifier_requests_total',
    'Questions to the classifier, by outcome',
    'outcome',
  );
  const searched = counter(
    'search_answers_total',
    'Pages of searches for videos, by the index that answered, or why one did not',
    'outcome',
  );
  const signIns = counter('sign_in_failures_total', 'Refused tries to sign in');
  const poolWait = histogram(
    'db_pool_wait_seconds',
    'How long requests and jobs waited for a connection to the database',
    [0.001, 0.005, 0.02, 0.1, 0.5, 1, 5, 15],
  );
  const slowQueries = counter('db_slow_queries_total', 'Statements that took longer than a second');
  const figures = createFigures(registry);
  if (ofProcess) collectDefaultMetrics({ register: registry });
  const inboxReason = boundedLabel();
  const fetchOutcome = boundedLabel();
  const ffmpegOutcome = boundedLabel();
  return {
    inbox: (outcome, reason) => inbox.inc({ outcome, reason: inboxReason(reason ?? '') }),
    delivery: (verdict, software) => {
      const family = software === null ? 'unknown' : SOFTWARE.has(software) ? software : 'other';
      deliveries.inc({ verdict, software: family });
    },
    fetch: (outcome) => fetches.inc({ outcome: fetchOutcome(outcome) }),
    request: (kind, status, seconds) =>
      requests.observe({ kind, status: `${Math.trunc(status / 100)}xx` }, seconds),
    job: (queue, outcome, seconds) => jobs.observe({ queue, outcome }, seconds),
    playable: (seconds) => playable.observe(seconds),
    transcoded: (videoSeconds, seconds) => realtime.observe(videoSeconds / Math.max(seconds, 0.001)),
    ffmpeg: (outcome) => ffmpeg.inc({ outcome: ffmpegOutcome(outcome) }),
    classified: (outcome) => classified.inc({ outcome }),
    searched: (outcome) => searched.inc({ outcome }),
    signInFailed: () => signIns.inc(),
    poolWait: (seconds) => poolWait.observe(seconds),
    slowQuery: () => slowQueries.inc(),
    watch: figures.add,
    async page() {
      await figures.read();
      return { contentType: registry.contentType, body: await registry.metrics() };
    },
  };
}

function boundedLabel(): (value: string) => string {
  const known = new Set<string>();
  return (value) => {
    if (known.size < MAX_REASONS) known.add(value);
    return known.has(value) ? value : 'other';
  };
}
