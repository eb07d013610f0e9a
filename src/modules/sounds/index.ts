import type { Ffmpeg } from '../../../media/ffmpeg.ts';
import { fingerprintBytes, fingerprintSound } from '../../../media/fingerprint.ts';
import type { Db, InTx, Tx } from '../../db/database.ts';
import type { UnlistedDomains } from '../../db/visibility.ts';
import type { Enqueue } from '../../jobs/enqueue.ts';
import type { JobRun } from '../../jobs/registry.ts';
import type { Clock } from '../../lib/clock.ts';
import type { AccountId, IdSource, SoundId, VideoId } from '../../lib/ids.ts';
import type { Urls } from '../instances/index.ts';
import type { Audit } from '../staff/index.ts';
import { attachSound, forgetUnused } from './attaching.ts';
import { carry, carrySoon } from './carrying.ts';
import { nameSound, saveSound, unsaveSound } from './commands.ts';
import { soundQueries } from './queries.ts';
import { rightsCommands, rightsOfOriginals, sayRights } from './rights.ts';
import { factsOf, hasRules, type Ruling, ruleCommands, rulingOf } from './rules.ts';
import { judge, type SettleDeps, settleSound } from './settling.ts';
import { staffSounds } from './staff-list.ts';
import { soundUsage } from './usage.ts';
import { soundUses } from './using.ts';

export { withSound } from './carrying.ts';
export {
  factsOfRegion,
  isWithin,
  type Place,
  type Region,
  type RegionalAction,
  type SoundRegion,
} from './regions.ts';
export {
  licenceIds,
  licenceOf,
  readRights,
  rightsFields,
  type SaidRights,
  type SoundRights,
  takeToldRights,
} from './rights.ts';
export { type Ruling, type SoundAction, soundActions } from './rules.ts';
export { type StaffSound, soundStandings } from './staff-list.ts';
export { usageHeader } from './usage.ts';

export type Sounds = ReturnType<typeof createSounds>;

/** What the jobs that make videos ask. */
export type SoundGate = Pick<
  Sounds,
  'attach' | 'mayUse' | 'hasRules' | 'listen' | 'judge' | 'factsOf' | 'noteRefusal'
>;

interface Deps extends Omit<SettleDeps, 'inTx'> {
  readonly db: Db;
  readonly inTx: InTx;
  readonly ids: IdSource;
  readonly clock: Clock;
  readonly enqueue: Enqueue;
  readonly audit: Audit;
  readonly ffmpeg: Ffmpeg;
  readonly unlistedDomains: UnlistedDomains;
  readonly urls: Pick<Urls, 'domain'>;
}

/** Sounds that videos share, and what the staff decides about them. */
export function createSounds(deps: Deps) {
  const { db, ids, clock, audit, enqueue, ffmpeg, unlistedDomains } = deps;
  /** Has a video be as what was decided about its sounds says: everywhere, and in some countries. */
  async function follow(tx: Tx, videoId: VideoId): Promise<void> {
    await judge(deps, tx, videoId);
    await deps.resound(tx, videoId);
  }
  return {
    ...soundUses({ db, ids, enqueue, unlistedDomains }),
    ...soundQueries({ db, unlistedDomains, now: () => clock.now() }),
    ...staffSounds(db),
    usage: soundUsage({ db, unlistedDomains, host: deps.urls.domain }),
    ...ruleCommands(deps),
    ...rightsCommands(deps),
    /** What counts for a sound here; null where it may be used. */
    ruling: rulingOf,
    hasRules,
    factsOf,
    judge: (tx: Tx, videoId: VideoId) => judge(deps, tx, videoId),
    onHeard: (tx: Tx, { videoId }: { readonly videoId: VideoId }) => follow(tx, videoId),
    judgeSoon: (tx: Tx, videoId: VideoId) => carrySoon(deps.enqueue, tx, [videoId]),
    carry: (videoId: VideoId, run: JobRun) => carry({ ...deps, judge: follow }, videoId, run),
    settle: (soundId: SoundId, run: JobRun) => settleSound(deps, soundId, run),

    /** The fingerprint by which the sound of a finished MP4 of ours is found; null where it has none. */
    async listen(job: Parameters<typeof fingerprintSound>[1]): Promise<Buffer | null> {
      const made = await fingerprintSound(ffmpeg, job);
      job.signal?.throwIfAborted();
      // What cannot be listened to is not waved through.
      if (!made.ok) throw new Error(`The sound of a video cannot be looked up: ${made.reason}.`);
      return made.prints && fingerprintBytes(made.prints.banded);
    },

    /** Puts on record that a video was refused for its sound. */
    async noteRefusal(
      tx: Tx,
      { videoId, ruling }: { readonly videoId: VideoId; readonly ruling: Ruling },
    ): Promise<void> {
      const row = await tx('videos').where({ id: videoId }).first('sound_id', 'account_id');
      await audit.record(
        tx,
        { kind: 'server', name: 'sound-rule' },
        {
          ...{ action: 'sound.refuse', target: { kind: 'video', id: videoId }, reason: ruling.reason },
          detail: {
            soundId: row?.sound_id ?? null,
            accountId: row?.account_id ?? null,
            listedId: ruling.listedId,
          },
        },
      );
    },

    /** Gives a video the sound that is heard in it; see attaching.ts. */
    attach: (tx: Tx, videoId: VideoId, heard: { readonly print: Buffer | null }) =>
      attachSound(deps, tx, videoId, heard),
    forgetUnused: (tx: Tx) => forgetUnused(tx, clock.now()),
    save: (tx: Tx, accountId: AccountId, soundId: SoundId) => saveSound(ids, tx, accountId, soundId),
    unsave: unsaveSound,
    rename: (tx: Tx, input: Parameters<typeof nameSound>[2]) => nameSound(deps, tx, input),
    sayRights: (tx: Tx, input: Parameters<typeof sayRights>[2]) => sayRights(deps, tx, input),
    /** What is said of the sounds that were heard first in these videos. */
    rightsOfOriginals: (videoIds: readonly VideoId[]) => rightsOfOriginals(db, videoIds),
  };
}
