import type { Config } from '../config/config.ts';
import type { Ffmpeg } from '../media/ffmpeg.ts';
import type { ObjectStorage } from '../media/storage/storage.ts';
import type { Db, InTx, Tx } from './db/database.ts';
import type { UnlistedDomains } from './db/visibility.ts';
import type { Enqueue } from './jobs/enqueue.ts';
import type { AuditId, IdSource, MeasureId, VideoId } from './lib/ids.ts';
import type { Metrics } from './lib/metrics.ts';
import { type ClientDeps, createClassifier } from './modules/classifier/index.ts';
import type { Comments } from './modules/comments/index.ts';
import { createHashes } from './modules/hashes/index.ts';
import { createHolding } from './modules/holding/index.ts';
import type { Urls } from './modules/instances/index.ts';
import type { Measures, Moderation } from './modules/moderation/index.ts';
import { createRaid } from './modules/raid/index.ts';
import { createRules, type SaidTarget } from './modules/rules/index.ts';
import { createSounds } from './modules/sounds/index.ts';
import type { Audit } from './modules/staff/index.ts';
import type { Videos } from './modules/videos/index.ts';

interface Later {
  readonly moderation: Moderation;
  readonly measures: Measures;
  readonly videos: Videos;
  readonly comments: Comments;
}

interface Parts extends ClientDeps {
  readonly config: Config;
  readonly db: Db;
  readonly inTx: InTx;
  readonly ids: IdSource;
  readonly enqueue: Enqueue;
  readonly metrics: Metrics;
  readonly audit: Audit;
  readonly urls: Urls;
  readonly unlistedDomains: UnlistedDomains;
  readonly ffmpeg: Ffmpeg;
  readonly storage: ObjectStorage;
  /** What is made after them. */
  readonly later: () => Later;
}

/** Rules and raid mode, and what waits for a moderator because of them. */
export function openRules(parts: Parts) {
  const { db, audit, clock } = parts;
  const rules = createRules({ ...parts, ...meansOf(parts) });
  const sounds = createSounds({
    ...parts,
    ...muting(parts),
    readmit: (tx, soundId) => parts.later().videos.readmit(tx, soundId),
    resound: (tx, videoId) => parts.later().videos.onMuted(tx, { videoId }),
  });
  return {
    rules,
    classifier: createClassifier({ ...parts, origin: parts.config.origin, needLabels: rules.needLabels }),
    raid: createRaid({ db, clock, audit }),
    hashes: createHashes({ ...parts, sounds }),
    sounds,
    holding: createHolding({ db, ids: parts.ids, audit, later: parts.later }),
  };
}

/** How rules about sounds mute a video, and let it be heard again. */
function muting({ later }: Parts) {
  const by = { kind: 'server', name: 'sound-rule' } as const;
  return {
    async mute(tx: Tx, id: VideoId, facts: string): Promise<MeasureId | null> {
      const target = { kind: 'video', id } as const;
      const taken = await later().measures.take(tx, by, { target, measure: 'mute', facts, automated: true });
      return taken.ok && taken.changed ? taken.measureId : null;
    },
    unmute: (tx: Tx, auditId: AuditId, reason: string) => later().measures.undo(tx, by, auditId, reason),
  };
}

/** What rules do through other modules. */
function meansOf(parts: Parts) {
  return {
    async report(tx: Tx, target: SaidTarget, comment: string): Promise<void> {
      const server = await tx('accounts').where({ actor_uri: parts.urls.instanceActor }).first('id');
      if (!server) return;
      await parts.later().moderation.file(tx, {
        reporterId: server.id,
        targetId: target.accountId,
        uri: parts.urls.report(parts.ids.next<'report'>()),
        videoIds: target.kind === 'video' ? [target.id] : [],
        commentIds: target.kind === 'comment' ? [target.id] : [],
        comment,
        category: 'violation',
        ...{ forward: false, byServer: true },
      });
    },
    async limit(
      tx: Tx,
      target: SaidTarget,
      cause: { readonly ruleId: string; readonly note: string },
    ): Promise<void> {
      const isVideo = target.kind === 'video';
      const by = { kind: 'server', name: `rule:${cause.ruleId}` } as const;
      // What cannot be limited, such as an account of the staff, stays as it is.
      await parts.later().measures.take(tx, by, {
        measure: isVideo ? 'no-discovery' : 'silence',
        target: isVideo ? { kind: 'video', id: target.id } : { kind: 'account', id: target.accountId },
        ...{ facts: `A rule of this server acts on this: ${cause.note}`, automated: true },
      });
    },
    async hold(
      tx: Tx,
      target: SaidTarget,
      { ruleId, note }: { readonly ruleId: string | null; readonly note: string },
    ) {
      if (target.kind === 'account') return;
      const column = target.kind === 'video' ? 'video_id' : 'comment_id';
      await tx('held_posts')
        .insert({
          ...{ id: parts.ids.next<'held'>(), [column]: target.id, account_id: target.accountId },
          ...{ cause: ruleId === null ? 'classifier' : 'rule', rule_id: ruleId, note },
        })
        // A rule about its text holds it already.
        .onConflict(column)
        .ignore();
    },
  };
}
