import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { profileLimits } from '../../../config/account-limits.ts';
import { mediaLimits, remoteVideoLimits } from '../../../config/media-limits.ts';
import type { Ffmpeg } from '../../../media/ffmpeg.ts';
import { mediaKey, prefixesOf } from '../../../media/keys.ts';
import type { PictureReason } from '../../../media/poster.ts';
import { makeProfilePicture } from '../../../media/profile-picture.ts';
import { contentTypeOf, type ObjectStorage } from '../../../media/storage/storage.ts';
import { createTurns } from '../../../media/turns.ts';
import type { Db, InTx, Tx } from '../../db/database.ts';
import { waitToBeHeld } from '../../db/held-back.ts';
import type { Enqueue } from '../../jobs/enqueue.ts';
import type { Finish, JobRun } from '../../jobs/registry.ts';
import type { Clock } from '../../lib/clock.ts';
import type { AccountId } from '../../lib/ids.ts';
import type { SafeFetch } from '../../lib/net/safe-fetch.ts';
import { type Failure, fail, ok } from '../../lib/result.ts';
import type { MediaRefusal } from '../instances/index.ts';
import { type AccountRow, type PictureRole, pictureRoles } from './model.ts';

export interface PictureDeps {
  readonly db: Db;
  readonly inTx: InTx;
  readonly enqueue: Enqueue;
  readonly clock: Clock;
  readonly ffmpeg: Ffmpeg;
  readonly storage: ObjectStorage;
  readonly download: SafeFetch['download'];
  /** Why nothing may be fetched from one of these hosts, or null. */
  readonly mediaRefusal: (hosts: readonly string[]) => Promise<MediaRefusal | null>;
  /** Folder for unfinished work. */
  readonly workDir: string;
}

export type Pictures = ReturnType<typeof createPictures>;

/** A clean picture, ready to be stored. */
export interface MadePicture {
  readonly role: PictureRole;
  readonly bytes: Uint8Array;
  readonly sha256: string;
}

const SIZES = { avatar: profileLimits.avatarPixels, header: profileLimits.headerPixels } as const;

/** Pictures that one process makes at once; each takes about a tenth of a second. */
const AT_ONCE = 2;

/**
 * The pictures of profiles. Whatever comes from outside is decoded and encoded again; nobody's browser asks the server
 * of a remote account for its pictures, which are copied here once somebody looks at them.
 */
export function createPictures(deps: PictureDeps) {
  const turns = createTurns(AT_ONCE);

  async function inFolder<T>(work: (dir: string) => Promise<T>): Promise<T> {
    await mkdir(deps.workDir, { recursive: true });
    const dir = await mkdtemp(join(deps.workDir, 'picture-'));
    try {
      return await work(dir);
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  }

  /** Makes a clean picture of a file. Stores nothing. */
  const make = (
    role: PictureRole,
    sourcePath: string,
    signal?: AbortSignal,
  ): Promise<{ readonly ok: true; readonly picture: MadePicture } | Failure<PictureReason>> =>
    inFolder(async (dir) => {
      const outputPath = join(dir, 'picture.jpg');
      const job = { sourcePath, outputPath, outputDirectory: dir, ...SIZES[role] };
      const made = await turns(0, () =>
        makeProfilePicture(deps.ffmpeg, { ...job, ...(signal && { signal }) }),
      );
      if (!made.ok) return made;
      const bytes = await readFile(outputPath);
      return ok({ picture: { role, bytes, sha256: createHash('sha256').update(bytes).digest('hex') } });
    });

  /**
   * Stores a picture and names it in the row of the account, which it locks until then, so that nobody takes the object
   * for left over. What was there before goes a little later: somebody may be looking at it.
   */
  async function set(tx: Tx, accountId: AccountId, { role, bytes, sha256 }: MadePicture): Promise<void> {
    await tx('accounts').where({ id: accountId }).forUpdate().first('id');
    const key = mediaKey(accountId, sha256, `${role}.jpg`);
    await deps.storage.putBytes(key, bytes, { contentType: contentTypeOf(key) });
    await tx('accounts')
      .where({ id: accountId })
      .update({ [`${role}_key`]: key });
    await purgeLater(tx, accountId);
  }

  async function purgeLater(tx: Tx, accountId: AccountId): Promise<void> {
    const runAt = new Date(deps.clock.now() + mediaLimits.replacedKeptMs);
    await deps.enqueue(tx, { name: 'accounts.purge', payload: { accountId }, runAt });
  }

  return {
    make,
    set,

    /** Takes a picture away: of a person of this server, who then has the one that everybody has. */
    async remove(tx: Tx, accountId: AccountId, role: PictureRole): Promise<void> {
      await tx('accounts')
        .where({ id: accountId, domain: '' })
        .update({ [`${role}_key`]: null });
      await purgeLater(tx, accountId);
    },

    /** Somebody wants to see a picture that is not here yet; one that could not be had is not asked for again. */
    async want(accountId: AccountId, role: PictureRole): Promise<void> {
      const untried = await deps
        .db('accounts')
        .where({ id: accountId })
        .whereRaw('?? is distinct from ??', [`${role}_url`, `${role}_asked`])
        .first('id');
      if (!untried) return;
      const job = {
        name: 'accounts.pictures',
        payload: { accountId },
        key: `pictures:${accountId}`,
      } as const;
      await deps.inTx((tx) => deps.enqueue(tx, job));
    },

    /** Reaction: an account is gone. */
    onGone: (tx: Tx, { accountId }: { accountId: AccountId }) =>
      deps.enqueue(tx, { name: 'accounts.purge', payload: { accountId } }),

    jobs: {
      /** Copies the pictures of a remote account that were not tried yet. One that cannot be had is not asked for again. */
      async copy(accountId: AccountId, run: JobRun): Promise<Finish | undefined> {
        for (const role of pictureRoles) await copyOne(deps, { make, set }, accountId, role, run);
        return undefined;
      },

      /** Removes the objects of an account that its row does not name. */
      async purge(accountId: AccountId, run: JobRun): Promise<Finish | undefined> {
        if (await waitToBeHeld(deps.db, prefixesOf(accountId))) {
          return async () => new Date(deps.clock.now() + mediaLimits.purgePauseMs);
        }
        const found: string[] = [];
        for (const prefix of prefixesOf(accountId)) {
          for await (const object of deps.storage.list(prefix)) {
            run.signal.throwIfAborted();
            found.push(object.key);
          }
        }
        if (found.length === 0) return undefined;
        await deps.inTx(async (tx) => {
          // Keeps out who sets a picture, and nobody who counts: the storage may take its time.
          const row = await tx('accounts')
            .where({ id: accountId })
            .forKeyShare()
            .first('avatar_key', 'header_key');
          const named = [row?.avatar_key, row?.header_key];
          await deps.storage.remove(found.filter((key) => !named.includes(key)));
        });
        return undefined;
      },
    },
  };
}

async function copyOne(
  deps: PictureDeps,
  { make, set }: Pick<Pictures, 'make' | 'set'>,
  accountId: AccountId,
  role: PictureRole,
  run: JobRun,
): Promise<void> {
  const row: AccountRow | undefined = await deps
    .db('accounts')
    .where({ id: accountId, state: 'active' })
    .first();
  const url = row?.[`${role}_url`] ?? null;
  if (!row || url === null || url === row[`${role}_asked`]) return;
  if ((await deps.mediaRefusal([new URL(row.actor_uri).host, new URL(url).host])) !== null) return;
  const copied = await fetched(deps, make, { url, role }, run);
  if (!copied.ok && copied.again && !run.lastAttempt) throw new Error(copied.detail ?? copied.reason);
  await deps.inTx(async (tx) => {
    // Its server may have named another one meanwhile; that has a try of its own.
    const still = { id: accountId, [`${role}_url`]: url };
    const asked = await tx('accounts')
      .where(still)
      .update({ [`${role}_asked`]: url });
    if (asked === 1 && copied.ok) await set(tx, accountId, copied.picture);
  });
}

type Fetched = { readonly ok: true; readonly picture: MadePicture } | (Failure & { readonly again: boolean });

async function fetched(
  deps: PictureDeps,
  make: Pictures['make'],
  { url, role }: { readonly url: string; readonly role: PictureRole },
  { signal }: JobRun,
): Promise<Fetched> {
  await mkdir(deps.workDir, { recursive: true });
  const dir = await mkdtemp(join(deps.workDir, 'picture-source-'));
  try {
    const { maxPosterBytes, posterDeadlineMs, idleMs } = remoteVideoLimits;
    const toPath = join(dir, 'source');
    const caps = { maxBytes: maxPosterBytes, deadlineMs: posterDeadlineMs, idleMs };
    const answer = await deps.download({ url, toPath, ...caps, signal });
    signal.throwIfAborted();
    if (!answer.ok) return { ...fail(answer.reason, answer.detail), again: isPassing(answer) };
    const made = await make(role, toPath, signal);
    if (made.ok) return made;
    return { ...fail(made.reason, made.detail), again: made.reason === 'interrupted' };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** Servers that are away come back; what they refuse, or what is too large, stays so. */
function isPassing({ reason, status }: { readonly reason: string; readonly status?: number }): boolean {
  if (status !== undefined) return status >= 500 || status === 429;
  return !['blocked-url', 'blocked-address', 'too-large', 'too-many-redirects'].includes(reason);
}
