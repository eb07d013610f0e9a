import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

/** Of the format that docs/backup.md describes. A program that finds a greater number cannot read it. */
export const FORMAT = 1;

const count = z.int().min(0);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const identifier = z.string().min(1).max(63);

/** A stored file that holds a piece of something longer; the pieces belong behind each other. */
const partSchema = z.object({
  name: z.string().min(1).max(200),
  /** Of the file as it is stored. */
  bytes: count,
  sha256,
});
export type Part = z.infer<typeof partSchema>;

const parts = z.array(partSchema).max(1_000_000);

/** What a backup holds. It is written last: without it, there is no backup. */
export const manifestSchema = z.object({
  format: z.literal(FORMAT),
  name: z.string().max(60),
  /** The version of the program that made it. */
  vireo: z.string().max(60),
  origin: z.url(),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  sealed: z.boolean(),
  database: z.object({
    migrations: z.array(z.string().max(200)).min(1),
    tables: z.array(z.object({ name: identifier, columns: z.array(identifier).min(1), rows: count, parts })),
    sequences: z.array(
      z.object({
        name: identifier,
        lastValue: z
          .string()
          .regex(/^-?\d+$/)
          .nullable(),
      }),
    ),
  }),
  /** The secret key and the configuration. */
  secrets: parts,
  objects: z.object({
    count,
    bytes: count,
    /** Where their copies lie; null: they are only listed. */
    folder: z.string().max(60).nullable(),
    /** Objects that were not what the database says of them, and were left out. */
    damaged: count,
    list: parts,
  }),
});
export type Manifest = z.infer<typeof manifestSchema>;

/** One line of the list of objects. The hash of what was not copied may not be known. */
export const listedObject = z.object({
  key: z.string().min(1).max(300),
  size: count,
  sha256: sha256.nullable(),
});
export type ListedCopy = z.infer<typeof listedObject>;

export const secretsSchema = z.object({
  /** `SECRET_KEY`, wherever it came from. */
  secretKey: z.string().min(1),
  /** Variables that were set, other than passwords and keys. */
  variables: z.record(z.string(), z.string()),
});
export type Secrets = z.infer<typeof secretsSchema>;

/** A backup as it is told of. */
export interface BackupFacts {
  readonly name: string;
  readonly startedAt: string;
  readonly vireo: string;
  readonly sealed: boolean;
  readonly media: boolean;
  readonly rows: number;
  readonly objects: number;
  /** Of its own files, without the copies of objects, which backups share. */
  readonly bytes: number;
}

export function factsOf(manifest: Manifest): BackupFacts {
  const { name, startedAt, vireo, sealed, database, objects } = manifest;
  const files = filesOf(manifest);
  return {
    ...{ name, startedAt, vireo, sealed, media: objects.folder !== null, objects: objects.count },
    rows: database.tables.reduce((sum, { rows }) => sum + rows, 0),
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

export function filesOf({ database, secrets, objects }: Manifest): Part[] {
  return [...database.tables.flatMap((table) => table.parts), ...secrets, ...objects.list];
}

/** What stands beside a manifest, so that a changed one is known: a hash, or a code that only the passphrase gives. */
export function sealOf(manifest: Buffer, key: Buffer | null): string {
  if (key === null) return `sha256 ${createHash('sha256').update(manifest).digest('hex')}\n`;
  return `hmac-sha256 ${createHmac('sha256', key).update(manifest).digest('hex')}\n`;
}

export function fitsSeal(manifest: Buffer, key: Buffer | null, seal: string): boolean {
  const [given, expected] = [Buffer.from(seal), Buffer.from(sealOf(manifest, key))];
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** Names sort as the times at which backups began. */
export function nameAt(startedAt: Date, random: string): string {
  return `${startedAt.toISOString().replace(/[-:.]/g, '')}-${random}`;
}

export const namePattern = /^\d{8}T\d{9}Z-[0-9a-f]{6}$/;

/** When the backup of that name began. */
export function timeOf(name: string): number {
  const [, y, mo, d, h, mi, s, ms] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z/.exec(name) ?? [];
  return Date.parse(`${y}-${mo}-${d}T${h}:${mi}:${s}.${ms}Z`);
}
