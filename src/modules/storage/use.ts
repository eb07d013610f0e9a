import { storageUseLimits } from '../../../config/retention-limits.ts';
import type { Db, InTx } from '../../db/database.ts';
import type { Clock } from '../../lib/clock.ts';

/** What is stored, by what it is. Profile pictures are counted by the search for what does not belong together. */
export const storageKinds = [
  ...(['originals', 'renditions', 'thumbnails', 'remote-videos', 'remote-posters'] as const),
  ...(['pictures', 'archives', 'uploads', 'database'] as const),
] as const;
export type StorageKind = (typeof storageKinds)[number];

/** Those that lie in the object store. */
const OBJECTS: readonly StorageKind[] = storageKinds.filter(
  (kind) => kind !== 'uploads' && kind !== 'database',
);

export interface KindUse {
  readonly kind: StorageKind;
  readonly objects: number;
  readonly bytes: number;
}

export interface StorageUse {
  readonly kinds: readonly KindUse[];
  /** Null before the first time. */
  readonly measuredAt: Date | null;
}

interface UseDeps {
  readonly db: Db;
  readonly inTx: InTx;
  readonly clock: Clock;
}

/** What was measured last: a few rows, whatever is stored. */
export async function storageUse(db: Db): Promise<StorageUse> {
  const [rows, state]: [
    { kind: StorageKind; objects: string; bytes: string }[],
    { measured_at: Date } | undefined,
  ] = await Promise.all([db('storage_use').select('*'), db('storage_scan').first('measured_at')]);
  const byKind = new Map(rows.map((row) => [row.kind, row]));
  return {
    kinds: storageKinds.map((kind) => {
      const row = byKind.get(kind);
      return { kind, objects: Number(row?.objects ?? 0), bytes: Number(row?.bytes ?? 0) };
    }),
    measuredAt: state?.measured_at ?? null,
  };
}

/** Bytes of all objects, as they were measured last. */
export async function storedBytes(db: Db): Promise<number> {
  const row = await db('storage_use')
    .whereIn('kind', [...OBJECTS])
    .first<{ bytes: string }>(db.raw('coalesce(sum(bytes), 0) as bytes'));
  return Number(row.bytes);
}

/**
 * Adds up what the rows say that is stored, and keeps the sums: so a page that shows them costs nothing. An object that
 * several videos share counts once, for this server where one of them is of it.
 */
export async function measureUse({ inTx, clock }: UseDeps): Promise<void> {
  const began = performance.now();
  await inTx(async (tx) => {
    // Over a large table it takes as long as it takes; nobody waits for it.
    await tx.raw(`set local statement_timeout = '15min'`);
    const { rows } = await tx.raw<{ rows: { kind: StorageKind; objects: string; bytes: string }[] }>(
      `select case when local then case when played then 'renditions' else 'thumbnails' end
                   when poster then 'remote-posters' else 'remote-videos' end as kind,
              count(*) as objects, sum(bytes) as bytes
         from (select distinct on (a.key) v.local, a.bytes, a.role in ('poster', 'poster-webp') as poster,
                      a.role not in ('poster', 'poster-webp', 'preview', 'storyboard', 'storyboard-vtt', 'captions') as played
                 from video_assets a join videos v on v.id = a.video_id
                order by a.key, v.local desc) as objects
        group by 1
       union all select 'originals', count(*), coalesce(sum(original_bytes), 0)
                   from videos where original_key is not null
       union all select 'archives', count(*), coalesce(sum(bytes), 0) from archives where state = 'ready'
       union all select 'uploads', count(*), coalesce(sum(bytes), 0) from uploads
       union all select 'database', 0, pg_database_size(current_database())`,
    );
    await tx('storage_use').whereNot({ kind: 'pictures' }).delete();
    await tx('storage_use').insert(rows);
    const measured = {
      measured_at: new Date(clock.now()),
      measured_in_ms: Math.round(performance.now() - began),
    };
    await tx('storage_scan').insert(measured).onConflict('is_only').merge();
  });
}

/** Measures again where the last sums are old; the longer it takes, the less often, so that it is one part in a hundred. */
export async function measureWhenDue(deps: UseDeps): Promise<boolean> {
  const last: { measured_at: Date | null; measured_in_ms: number | null } | undefined = await deps
    .db('storage_scan')
    .first('measured_at', 'measured_in_ms');
  const pause = Math.max(
    storageUseLimits.measuredEveryMs,
    (last?.measured_in_ms ?? 0) * storageUseLimits.shareOfTime,
  );
  if (last?.measured_at && deps.clock.now() - last.measured_at.getTime() < pause) return false;
  await measureUse(deps);
  return true;
}
