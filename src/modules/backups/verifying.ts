import { backupLimits } from '../../../config/backup-limits.ts';
import { digest } from '../../../media/storage/transfer.ts';
import {
  type ListedCopy,
  listedObject,
  type Manifest,
  type Part,
  type Secrets,
  secretsSchema,
} from './model.ts';
import { copyKey, inTurns } from './objects.ts';
import { folderOf, readParts, type Target } from './target.ts';

/** Something in a backup that is not as it should be. */
export interface Fault {
  readonly file: string;
  readonly problem: string;
}

export interface VerifyReport {
  readonly rows: number;
  readonly objects: number;
  readonly bytes: number;
  readonly faultCount: number;
  /** The first thousand. */
  readonly faults: readonly Fault[];
}

export interface VerifyOptions {
  /** Read the copies of objects too. */
  readonly media: boolean;
  readonly onProgress?: (step: string) => void;
  /** Ends it: the server is stopping. What it throws then is no fault of the backup. */
  readonly signal?: AbortSignal;
}

/** Reads everything a backup holds, and compares it with its manifest and its list of objects. */
export async function verifyBackup(
  target: Target,
  manifest: Manifest,
  { media, onProgress = () => undefined, signal }: VerifyOptions,
): Promise<VerifyReport> {
  const faults: Fault[] = [];
  let [rows, objects, bytes, faultCount] = [0, 0, 0, 0];
  const note = (file: string, problem: string) => {
    faultCount += 1;
    if (faults.length < backupLimits.maxReportedFaults) faults.push({ file, problem });
  };
  const attempt = async (file: string, work: () => Promise<string | null>) => {
    signal?.throwIfAborted();
    const problem = await work().catch((error) => messageOf(error));
    if (problem !== null) note(file, problem);
  };
  for (const table of manifest.database.tables) {
    await attempt(table.name, async () => {
      const found = await countLines(target, manifest, table.parts);
      rows += found;
      onProgress(`${table.name}: ${found} rows`);
      return found === table.rows ? null : `It should have ${table.rows} rows, and ${found} were read.`;
    });
  }
  await attempt('secrets', async () => {
    await readSecrets(target, manifest);
    return null;
  });
  await attempt('objects', async () => {
    const check = async (object: ListedCopy) => {
      objects += 1;
      bytes += object.size;
      if (!media || manifest.objects.folder === null) return;
      await attempt(object.key, () => faultOf(target, manifest.objects.folder ?? '', object));
      if (objects % backupLimits.objectsPerPage === 0) onProgress(`${objects} objects`);
    };
    await inTurns(listOf(target, manifest), check);
    if (objects === manifest.objects.count && bytes === manifest.objects.bytes) return null;
    return `The list should name ${manifest.objects.count} objects, and ${objects} were read.`;
  });
  signal?.throwIfAborted();
  return { rows, objects, bytes, faultCount, faults };
}

/** COPY writes one line for each row, and line ends within a value as `\n`. */
async function countLines(target: Target, manifest: Manifest, parts: readonly Part[]): Promise<number> {
  let lines = 0;
  for await (const chunk of readParts(target, folderOf(manifest.name), parts)) {
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) lines += 1;
  }
  return lines;
}

async function faultOf(
  target: Target,
  folder: string,
  { key, size, sha256 }: ListedCopy,
): Promise<string | null> {
  const copy = await openCopy(target, folder, key);
  if (copy === null) return 'The copy is missing.';
  const found = await digest(copy);
  return found.size === size && found.sha256 === sha256 ? null : 'The copy is damaged.';
}

/** The content of an object as it was copied, or null where there is none. */
export async function openCopy(
  target: Target,
  folder: string,
  key: string,
): Promise<AsyncIterable<Buffer> | null> {
  const stored = await target.store.open(copyKey(target, key, folder));
  if (stored === null) return null;
  if (folder === 'plain' || target.sealer === null) return stored.stream;
  return target.sealer.open(key, stored.stream);
}

export async function readSecrets(target: Target, manifest: Manifest): Promise<Secrets> {
  const chunks: Buffer[] = [];
  for await (const chunk of readParts(target, folderOf(manifest.name), manifest.secrets)) chunks.push(chunk);
  return secretsSchema.parse(JSON.parse(Buffer.concat(chunks).toString('utf8')));
}

/** The objects that belong to a backup. */
export async function* listOf(target: Target, manifest: Manifest): AsyncGenerator<ListedCopy> {
  let rest = '';
  const decoder = new TextDecoder();
  for await (const chunk of readParts(target, folderOf(manifest.name), manifest.objects.list)) {
    const lines = `${rest}${decoder.decode(chunk, { stream: true })}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield listedObject.parse(JSON.parse(line));
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
