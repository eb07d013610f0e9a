import { readingLimits } from '../../config/limits.ts';
import type { JobRun } from '../../src/jobs/registry.ts';
import type { VideoId } from '../../src/lib/ids.ts';
import type { Logger } from '../../src/lib/log.ts';
import type { Videos } from '../../src/modules/videos/index.ts';
import { readCollection } from '../net/collection.ts';
import type { LoadDocument } from '../net/document-loader.ts';
import type { Posts } from '../posts.ts';
import { idOf, type JsonObject } from '../translate/read.ts';
import { documentOfItem, type Keep } from './keep.ts';

export interface RepliesDeps {
  readonly videos: Videos;
  readonly posts: Posts;
  readonly keep: Keep;
  readonly loadDocument: LoadDocument;
  readonly log: Logger;
}

/**
 * The job `replies.fetch`: what people wrote under a video of another server, as far as that server lists it and is
 * their own. It lists the direct answers in `replies`, PeerTube in `comments`, and the whole thread in `context`
 * (FEP-f228); all of them share the caps (federation-interop.md 2, security.md R4).
 */
export function createFetchReplies(deps: RepliesDeps) {
  const { videos, posts } = deps;

  /** New posts that the collections of a video name or embed, as documents, each once. */
  async function listed(uri: string, document: JsonObject, run: JobRun): Promise<JsonObject[]> {
    const found = new Map<string, JsonObject>();
    const items = new Set<string>();
    let { maxPages, maxItems } = readingLimits;
    for (const start of [document.replies ?? document.comments, document.context]) {
      if (start === undefined || start === null) continue;
      const from = { loadDocument: deps.loadDocument, signal: run.signal };
      const limits = { ...readingLimits, maxPages, maxItems };
      const { end, pages } = await readCollection({ ...from, limits }, uri, start, async (item) => {
        run.signal.throwIfAborted();
        maxItems -= 1;
        const id = idOf(item);
        if (id === null || items.has(id) || (await posts.find(id))) return true;
        items.add(id);
        const one = await documentOfItem(posts, uri, item, run.signal);
        if (one) found.set(id, one);
        return true;
      });
      maxPages -= pages;
      deps.log.debug({ video: uri, end, found: found.size }, 'a list of comments was read');
    }
    return [...found.values()];
  }

  /** Stores what can be; answers may be listed before what they answer, so that it goes round until none is left. */
  async function keepAll(videoId: VideoId, documents: readonly JsonObject[], run: JobRun): Promise<void> {
    for (let left = documents; left.length > 0; ) {
      const orphans: JsonObject[] = [];
      for (const document of left) {
        run.signal.throwIfAborted();
        const read = await posts.readServed(document);
        if (!read.ok && read.orphan) orphans.push(document);
        if (read.ok && read.post.kind === 'comment' && read.post.comment.videoId === videoId) {
          await deps.keep(read.post);
        }
      }
      if (orphans.length === left.length) return;
      left = orphans;
    }
  }

  return async (videoId: VideoId, run: JobRun): Promise<undefined> => {
    const video = await videos.internal(videoId);
    if (!video || video.local || !['public', 'unlisted'].includes(video.visibility)) return;
    const loaded = await posts.load(video.uri, run.signal);
    if (!loaded.ok) {
      if (loaded.why.again && !run.lastAttempt)
        throw new Error(`It could not be had just now: ${loaded.why.reason}`);
      return;
    }
    await keepAll(videoId, await listed(video.uri, loaded.document, run), run);
  };
}
