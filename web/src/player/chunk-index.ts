/** A group of pictures: decoding can start at its first byte. Bytes from the start of the file, times in seconds. */
export interface Group {
  readonly from: number;
  /** The first byte after it. */
  readonly to: number;
  readonly start: number;
  readonly end: number;
}

/** Where the groups of one file lie. */
export interface FileIndex {
  /** The first bytes, which set up a decoder. */
  readonly initLength: number;
  readonly groups: readonly Group[];
}

/** What is known of all files of a clip, by the last part of their addresses. */
export interface ClipIndex {
  readonly durationSeconds: number;
  readonly files: ReadonlyMap<string, FileIndex>;
}

/** The last part of a path or an address. */
export function fileName(path: string): string {
  return path.split(/[?#]/)[0]?.split('/').at(-1) ?? path;
}

/**
 * Reads the chunk index of a clip (see `chunks_url` of the API). Null for what is not one, and where the sizes do not
 * begin their groups at the same times: between such files nobody could change.
 */
export function readChunkIndex(body: unknown): ClipIndex | null {
  if (!isObject(body) || body.version !== 1 || !isLength(body.durationSeconds)) return null;
  if (!Array.isArray(body.rungs)) return null;
  const files = new Map<string, FileIndex>();
  let times: string | null = null;
  for (const rung of body.rungs) {
    if (!isObject(rung) || typeof rung.key !== 'string' || !isLength(rung.initLength)) return null;
    const groups = groupsOf(rung.chunks, body.durationSeconds);
    if (!groups) return null;
    const own = groups.map(({ start }) => start).join();
    times ??= own;
    if (own !== times) return null;
    files.set(fileName(rung.key), { initLength: rung.initLength, groups });
  }
  return files.size > 0 ? { durationSeconds: body.durationSeconds, files } : null;
}

/** Chunks are `[offset, length, startMs, keyframe]`; a group lasts until the next one. */
function groupsOf(chunks: unknown, durationSeconds: number): Group[] | null {
  if (!Array.isArray(chunks) || chunks.length === 0) return null;
  const groups: { from: number; to: number; start: number; end: number }[] = [];
  for (const chunk of chunks) {
    if (!Array.isArray(chunk)) return null;
    const [offset, length, startMs, keyframe] = chunk;
    if (!isAmount(offset) || !isAmount(length) || !isAmount(startMs)) return null;
    const open = groups.at(-1);
    if (open && keyframe !== 1) {
      open.to = offset + length;
      continue;
    }
    const start = startMs / 1_000;
    if (open) open.end = start;
    groups.push({ from: offset, to: offset + length, start, end: durationSeconds });
  }
  return groups;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function isLength(value: unknown): value is number {
  return isAmount(value) && value > 0;
}
