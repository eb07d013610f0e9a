import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { mediaLimits, proxyLimits } from '../../../config/media-limits.ts';
import { type BrowserVideoType, browserVideoType } from '../../../media/sniff.ts';
import type { Clock } from '../../lib/clock.ts';
import type { DownloadFailure, RangeAnswer, SafeFetch } from '../../lib/net/safe-fetch.ts';
import { type Failure, fail, type Ok, ok } from '../../lib/result.ts';
import { createSharedWork } from '../../lib/shared-work.ts';
import type { MediaRefusal } from '../instances/index.ts';

const { chunkBytes, overheadBytes, deadlineMs, idleMs } = proxyLimits;

/** One version of a file of another server. */
export interface ProxiedFile {
  /** Of this version, in this process. */
  readonly id: string;
  readonly url: string;
  readonly size: number;
  /** By its first bytes; what its server calls it is never believed. */
  readonly type: BrowserVideoType;
  /** Ours, with quotes: another one for another version. */
  readonly etag: string;
  readonly version: string;
  /** When its server is asked again. */
  readonly until: number;
}

/** `left`: nobody waits for it any more. */
export type ProxyReason = 'origin-failed' | 'origin-timeout' | 'not-found' | 'left';

/** `status` is the answer of the other server where it was an error. */
export type ProxyFailure = Failure<ProxyReason> & { readonly status?: number };

export type ProxiedFiles = ReturnType<typeof createProxiedFiles>;

interface ProxiedFilesDeps {
  readonly fetch: Pick<SafeFetch, 'readRange'>;
  readonly clock: Clock;
  /** Larger files are not passed on. */
  readonly remote: { readonly maxBytes: number };
  /** Why nothing may be fetched from one of these hosts, or null. */
  readonly mediaRefusal: (hosts: readonly string[]) => Promise<MediaRefusal | null>;
  /** What may be held in memory. */
  readonly cacheBytes?: number;
}

const CHANGED: ProxyFailure = fail(
  'origin-failed',
  'The file has changed on the server that holds it. Start again.',
);
const UNFIT: ProxyFailure = fail(
  'origin-failed',
  'The server that holds this video has no file that can be passed on.',
);
const REASONS: Readonly<Partial<Record<DownloadFailure['reason'], ProxyReason>>> = {
  timeout: 'origin-timeout',
  aborted: 'left',
};

/**
 * Files of other servers in chunks of `proxyLimits.chunkBytes`, fetched when somebody asks for them, and held in memory
 * until others need the room. Whoever asks for the same chunk shares one fetch. All chunks of a file are of one
 * version: once its server tells another size or tag, what is held goes, and a new file begins. A server that does not
 * give parts is refused: it would send everything for one chunk.
 */
export function createProxiedFiles(deps: ProxiedFilesDeps) {
  const files = new LRUCache<string, ProxiedFile>({ max: proxyLimits.filesInMemory });
  const chunks = new LRUCache<string, Buffer>({
    maxSize: deps.cacheBytes ?? proxyLimits.cacheBytes,
    sizeCalculation: (chunk) => chunk.length + overheadBytes,
  });
  const shareFile = createSharedWork<Ok<{ file: ProxiedFile }> | ProxyFailure>();
  const shareChunk = createSharedWork<Ok<{ chunk: Buffer }> | ProxyFailure>();
  let made = 0;

  /** Drops a version of a file, unless another took its place. */
  function forget(file: ProxiedFile): void {
    if (files.peek(file.url)?.id === file.id) files.delete(file.url);
    for (let at = 0; at * chunkBytes < file.size; at += 1) chunks.delete(`${file.id}#${at}`);
  }

  async function fetchChunk(
    url: string,
    at: number,
    signal: AbortSignal,
  ): Promise<Ok<RangeAnswer> | ProxyFailure> {
    const range = { start: at * chunkBytes, length: chunkBytes };
    const answer = await deps.fetch.readRange({ url, range, deadlineMs, idleMs, signal });
    if (!answer.ok) return toProxyFailure(answer);
    const { host } = answer.finalUrl;
    // Whoever posted it and names its file was asked about before.
    const isElsewhere = host !== new URL(url).host;
    return isElsewhere && (await deps.mediaRefusal([host])) !== null ? UNFIT : answer;
  }

  /** Asks the server of a file what it is, by its first chunk. */
  async function ask(url: string, signal: AbortSignal): Promise<Ok<{ file: ProxiedFile }> | ProxyFailure> {
    const first = await fetchChunk(url, 0, signal);
    const known = files.peek(url);
    if (!first.ok) {
      // What is gone, or no longer given in parts, is not passed on from memory either.
      if (known && first.status !== undefined && first.status < 500) forget(known);
      return first;
    }
    const type = browserVideoType(first.body.subarray(0, mediaLimits.sniffBytes));
    if (type === null || first.total > deps.remote.maxBytes) {
      if (known) forget(known);
      return UNFIT;
    }
    const { total: size, version } = first;
    const until = deps.clock.now() + proxyLimits.fileKeptMs;
    const isSame = known?.size === size && known.version === version && known.type === type;
    if (known && !isSame) forget(known);
    made += 1;
    const file =
      known && isSame
        ? { ...known, until }
        : { id: String(made), url, size, type, etag: etagOf(url, size, version), version, until };
    files.set(url, file);
    chunks.set(`${file.id}#0`, first.body);
    return ok({ file });
  }

  async function read(
    file: ProxiedFile,
    at: number,
    signal: AbortSignal,
  ): Promise<Ok<{ chunk: Buffer }> | ProxyFailure> {
    const answer = await fetchChunk(file.url, at, signal);
    // A file that became shorter has nothing there.
    const hasShrunk = !answer.ok && answer.status === 416;
    if (!answer.ok && !hasShrunk) return answer;
    if (!answer.ok || answer.total !== file.size || answer.version !== file.version) {
      forget(file);
      return CHANGED;
    }
    // Not where the file was found changed meanwhile: nobody would ask for it again.
    if (files.peek(file.url)?.id === file.id) chunks.set(`${file.id}#${at}`, answer.body);
    return ok({ chunk: answer.body });
  }

  return {
    /** What is known of a file, asked of its server anew after a while. */
    async file(url: string, signal: AbortSignal): Promise<Ok<{ file: ProxiedFile }> | ProxyFailure> {
      const known = files.get(url);
      if (known && known.until > deps.clock.now()) return ok({ file: known });
      return (await shareFile(url, signal, (ended) => ask(url, ended))) ?? fail('left');
    },

    /** The chunk of a file at a position, counted in chunks. */
    async chunk(
      file: ProxiedFile,
      at: number,
      signal: AbortSignal,
    ): Promise<Ok<{ chunk: Buffer }> | ProxyFailure> {
      const id = `${file.id}#${at}`;
      const chunk = chunks.get(id);
      if (chunk) return ok({ chunk });
      return (await shareChunk(id, signal, (ended) => read(file, at, ended))) ?? fail('left');
    },

    /** Bytes that are held. */
    heldBytes: (): number => chunks.calculatedSize,
  };
}

function etagOf(url: string, size: number, version: string): string {
  const digest = createHash('sha256').update(`${url}\n${size}\n${version}`).digest('base64url');
  return `"${digest.slice(0, 22)}"`;
}

/** What is said of an address of another server stays here. */
function toProxyFailure({ reason, status }: DownloadFailure): ProxyFailure {
  if (status === 404 || status === 410) {
    return { ...fail('not-found', 'The server that holds this video has it no more.'), status };
  }
  if (status === 200) return { ...UNFIT, status };
  const said = REASONS[reason] ?? 'origin-failed';
  const detail =
    said === 'origin-timeout'
      ? 'The server that holds this video did not answer in time. Try again later.'
      : 'The server that holds this video does not give it out now. Try again later.';
  return { ...fail(said, detail), ...(status !== undefined && { status }) };
}
