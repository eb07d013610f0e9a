import { classifierLimits } from '../../../config/classifier-limits.ts';
import type { Db, Tx } from '../../db/database.ts';
import type { Id, IdSource, VideoId } from '../../lib/ids.ts';
import type { Metrics } from '../../lib/metrics.ts';
import type { Label, Rules } from '../rules/index.ts';
import { type Answer, askService, type ClientDeps, secretOf } from './client.ts';
import { bodyOf, type Question } from './protocol.ts';

export type { ClientDeps } from './client.ts';
export { type Question, signatureOf } from './protocol.ts';

export type VerdictId = Id<'verdict'>;

/** What a classifier said of a video, or that it still has to. */
export interface ClassifierVerdict {
  readonly state: 'waiting' | 'answered' | 'failed';
  readonly labels: readonly Label[];
  readonly failure: string | null;
  readonly askedAt: Date;
  readonly answeredAt: Date | null;
}

export type Classifier = ReturnType<typeof createClassifier>;

/** What the jobs that make videos ask. */
export type ClassifierGate = Pick<
  Classifier,
  'holdsBack' | 'begin' | 'waiting' | 'ask' | 'conclude' | 'abandoned' | 'publishesWhenDown'
>;

interface Deps extends ClientDeps {
  readonly db: Db;
  readonly ids: IdSource;
  readonly origin: string;
  readonly metrics: Pick<Metrics, 'classified'>;
  readonly needLabels: Rules['needLabels'];
}

/** A service of the admin that says what videos show; rules act on it (ADR 0053). */
export function createClassifier(deps: Deps) {
  const { db, ids, clock } = deps;
  const { classifier: config } = deps.config;

  return {
    /** Whether a new video of this server (null), or of another, is seen only once the classifier has answered. */
    holdsBack: async (conn: Db | Tx, domain: string | null): Promise<boolean> =>
      config.url !== null && deps.needLabels(conn, domain),

    /** Notes that the classifier is to be asked about a video; false where nobody is asked, or was before. */
    async begin(tx: Tx, videoId: VideoId): Promise<boolean> {
      if (config.url === null) return false;
      const begun = await tx('classifier_verdicts')
        .insert({ id: ids.next<'verdict'>(), video_id: videoId, asked_at: new Date(clock.now()) })
        .onConflict('video_id')
        .ignore()
        .returning('id');
      return begun.length > 0;
    },

    /** The id of the question that is open about a video. */
    async waiting(videoId: VideoId): Promise<VerdictId | null> {
      const row = await db('classifier_verdicts').where({ video_id: videoId, state: 'waiting' }).first('id');
      return row?.id ?? null;
    },

    async ask(question: Question, signal: AbortSignal): Promise<Answer> {
      const answer = await askService(deps, bodyOf(deps.origin, question), signal);
      deps.metrics.classified(answer.ok ? 'answered' : answer.reason);
      return answer;
    },

    /** Notes how a question ended, once: false where that was done before. */
    async conclude(
      tx: Tx,
      videoId: VideoId,
      end: { readonly labels: readonly Label[] } | { readonly failure: string },
    ): Promise<boolean> {
      const ended = await tx('classifier_verdicts')
        .where({ video_id: videoId, state: 'waiting' })
        .update({
          answered_at: new Date(clock.now()),
          ...('labels' in end
            ? { state: 'answered', labels: JSON.stringify(end.labels) }
            : { state: 'failed', failure: end.failure }),
        });
      return ended > 0;
    },

    /** Videos whose question nobody works on any more: the job died with its last try, or somebody discarded it. */
    async abandoned(tx: Tx): Promise<VideoId[]> {
      return tx('classifier_verdicts')
        .where({ state: 'waiting' })
        .where('asked_at', '<', new Date(clock.now() - classifierLimits.abandonedMs))
        .whereNotExists((job) =>
          job
            .from('jobs')
            .whereRaw(`key = 'media.classify:' || video_id and jobs.state = 'pending'`)
            .select('jobs.id'),
        )
        .orderBy('asked_at')
        .limit(classifierLimits.abandonedAtOnce)
        .pluck('video_id');
    },

    publishesWhenDown: () => config.whenDown === 'publish',

    /** What was said of these videos; those that nobody asked about are left out. */
    async verdictsOf(videoIds: readonly VideoId[]): Promise<Map<VideoId, ClassifierVerdict>> {
      if (videoIds.length === 0) return new Map();
      const rows: VerdictRow[] = await db('classifier_verdicts').whereIn('video_id', [...videoIds]);
      return new Map(rows.map((row) => [row.video_id, verdictOf(row)]));
    },

    /** Forgets old answers. Those of which something is still open stay. */
    async sweep(): Promise<number> {
      return db('classifier_verdicts')
        .whereNot({ state: 'waiting' })
        .where('asked_at', '<', new Date(clock.now() - classifierLimits.keptDays * DAY_MS))
        .delete();
    },

    health: () => classifierHealth(db),

    /** Asks about no video in particular. */
    tryOut: () => askService(deps, bodyOf(deps.origin, NO_VIDEO), AbortSignal.timeout(config.timeoutMs)),

    /** For those who set the service up. */
    secret: () => secretOf(deps),
  };
}

const DAY_MS = 86_400_000;

const NO_VIDEO: Question = {
  id: '0',
  video: {
    ...{ id: '0', local: true, durationSeconds: null, width: null, height: null },
    ...{ language: null, sha256: null },
  },
  texts: { caption: 'A test of the connection.', contentWarning: '', altText: '' },
  ...{ posterUrl: null, videoUrl: null, sheet: null },
};

/** How many videos wait for an answer; and why the question that ended last has failed, where it has. */
export async function classifierHealth(db: Db): Promise<{ waiting: number; failure: string | null }> {
  const waiting = await db('classifier_verdicts').where({ state: 'waiting' }).count('* as count').first();
  const last = await db('classifier_verdicts')
    .whereNot({ state: 'waiting' })
    .orderBy('asked_at', 'desc')
    .first('failure');
  return { waiting: Number(waiting?.count ?? 0), failure: last?.failure ?? null };
}

interface VerdictRow {
  readonly video_id: VideoId;
  readonly state: ClassifierVerdict['state'];
  readonly labels: readonly Label[];
  readonly failure: string | null;
  readonly asked_at: Date;
  readonly answered_at: Date | null;
}

function verdictOf(row: VerdictRow): ClassifierVerdict {
  return {
    ...{ state: row.state, labels: row.labels, failure: row.failure },
    ...{ askedAt: row.asked_at, answeredAt: row.answered_at },
  };
}
