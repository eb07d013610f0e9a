import type { Knex } from 'knex';
import { LRUCache } from 'lru-cache';
import { brandLimits } from '../../../config/brand-limits.ts';
import { mediaKey } from '../../../media/keys.ts';
import type { PictureReason } from '../../../media/poster.ts';
import { contentTypeOf, type ObjectStorage } from '../../../media/storage/storage.ts';
import type { Db, Tx } from '../../db/database.ts';
import type { Clock } from '../../lib/clock.ts';
import type { AccountId, AuditId } from '../../lib/ids.ts';
import { type Failure, fail, ok, type Result } from '../../lib/result.ts';
import { type Actor, type Audit, permitted } from '../staff/index.ts';
import { type MadeBrand, type MakeDeps, makeBrandPicture } from './making.ts';
import { type Brand, type BrandPicture, type BrandRole, type BrandRow, brandFromRows } from './model.ts';

export { type Brand, type BrandPicture, type BrandRole, brandRoles } from './model.ts';

interface BrandDeps extends MakeDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly audit: Audit;
  readonly storage: ObjectStorage;
  /** The account of the server: its pictures are stored as its own. */
  readonly ownerId: AccountId;
}

export type Branding = ReturnType<typeof createBranding>;

type ChangeRefusal = 'permission-missing' | 'not-found' | 'validation-failed';

/** What the server looks like beyond its colours: pictures that its staff chose. */
export function createBranding(deps: BrandDeps) {
  const { db, clock, audit, storage, ownerId } = deps;
  const files = new LRUCache<string, Buffer>({ max: brandLimits.inMemory });
  let known: { readonly until: number; readonly brand: Promise<Brand> } | null = null;

  const watch = (role: BrandRole) => ({
    table: 'instance_pictures' as const,
    where: (query: Knex.QueryBuilder): void => void query.where({ role }),
  });

  /** Takes it away from wherever it is shown. */
  async function remove(
    tx: Tx,
    by: Actor,
    { role, reason = '' }: { readonly role: BrandRole; readonly reason?: string },
  ): Promise<Result<{ auditId: AuditId }, ChangeRefusal>> {
    const allowed = permitted(by, 'settings');
    if (!allowed.ok) return allowed;
    const auditId = await audit.recordRows(
      tx,
      by,
      { action: 'branding.remove', target: { kind: 'setting', id: role }, reason },
      { watch: watch(role), write: () => tx('instance_pictures').where({ role }).delete() },
    );
    return auditId === null ? fail('not-found', `This server has no ${role} of its own.`) : ok({ auditId });
  }

  /** Shows a picture that was made of a file, or says anew what the one that is there shows. */
  async function set(
    tx: Tx,
    by: Actor,
    input: {
      readonly role: BrandRole;
      readonly picture: MadeBrand | null;
      readonly alt: string;
      readonly reason?: string;
    },
  ): Promise<Result<{ auditId: AuditId | null }, ChangeRefusal>> {
    const { role, picture, reason = '' } = input;
    const alt = input.alt.trim();
    const allowed = permitted(by, 'settings');
    if (!allowed.ok) return allowed;
    if ([...alt].length > brandLimits.maxAltCharacters) {
      return fail('validation-failed', `Describe it in at most ${brandLimits.maxAltCharacters} characters.`);
    }
    const updated_at = new Date(clock.now());
    if (picture === null) {
      const there = await tx('instance_pictures').where({ role }).whereNotNull('picture_key').first('role');
      if (!there) return fail('not-found', `This server has no ${role} of its own yet: choose a picture.`);
    }
    const deed = { action: 'branding.set', target: { kind: 'setting', id: role }, reason } as const;
    const auditId = await audit.recordRows(tx, by, deed, {
      watch: watch(role),
      async write() {
        if (picture === null) return tx('instance_pictures').where({ role }).update({ alt, updated_at });
        const { bytes, sha256, width, height, blurhash } = picture;
        const key = mediaKey(ownerId, sha256, `${role}.${role === 'banner' ? 'jpg' : 'png'}`);
        // Named before it is stored and in the same transaction, so that nobody takes the object for left over.
        const row = { role, picture_key: key, width, height, blurhash, alt, updated_at };
        await tx('instance_pictures').insert(row).onConflict('role').merge();
        return storage.putBytes(key, bytes, { contentType: contentTypeOf(key) });
      },
    });
    return ok({ auditId });
  }

  return {
    /** Makes a clean picture of a file. Stores nothing. */
    make: (role: BrandRole, sourcePath: string): Promise<MadeBrand | Failure<PictureReason>> =>
      makeBrandPicture(deps, role, sourcePath),
    set,
    remove,

    /** The pictures that count; a change of another process after some seconds. */
    now(): Promise<Brand> {
      if (known !== null && known.until > clock.now()) return known.brand;
      const brand = db('instance_pictures').then((rows: BrandRow[]) => brandFromRows(rows));
      known = { until: clock.now() + brandLimits.keptMs, brand };
      // What failed is asked for again.
      brand.catch(() => {
        known = null;
      });
      return brand;
    },

    /** Asks anew: call it after a change was committed. */
    forget(): void {
      known = null;
    },

    /** The file of a picture; null where the store has lost it. */
    async bytesOf({ key }: BrandPicture): Promise<Buffer | null> {
      const kept = files.get(key);
      if (kept) return kept;
      const object = await storage.open(key);
      if (object === null) return null;
      const bytes = Buffer.concat(await object.stream.toArray());
      files.set(key, bytes);
      return bytes;
    },
  };
}
