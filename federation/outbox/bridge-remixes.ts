import type { Tx } from '../../src/db/database.ts';
import type { AccountId, VideoId } from '../../src/lib/ids.ts';
import type { Video } from '../../src/modules/videos/index.ts';
import type { WrittenNote } from '../notes.ts';
import { quoteAnswerOf, quoteRequestOf, stampDeleteOf } from '../translate/activities.ts';
import { updateOf } from '../translate/note.ts';
import { isOpen } from '../translate/video.ts';
import type { PostBridgeDeps } from './bridge-posts.ts';
import { deliver } from './deliveries.ts';

/** What happened to duets and stitches, as activities (FEP-044f, ADR 0067). */
export function remixBridge(deps: PostBridgeDeps) {
  async function writtenRemix(videoId: VideoId): Promise<{ video: Video; written: WrittenNote } | null> {
    const video = await deps.videos.internal(videoId);
    const written =
      video?.local && video.state === 'published' && video.remix ? await deps.notes.ofVideo(video) : null;
    return video && written && { video, written };
  }

  /** Asks the author of an original elsewhere. */
  async function ask(tx: Tx, { remix, uri }: Video, { author, note }: WrittenNote): Promise<void> {
    if (!remix || remix.id === null || remix.consent !== 'asked') return;
    const original = await deps.videos.internal(remix.id);
    const asked = original && (await deps.accounts.byId(original.accountId));
    if (!original || !asked || asked.domain === null) return;
    await deliver(deps, tx, {
      senderId: author.id,
      activity: quoteRequestOf({ note, original: original.uri, askedUri: asked.actorUri }),
      objectUri: uri,
      audience: { kind: 'account', id: asked.id },
    });
  }

  return {
    /** The author of an original elsewhere is asked once there is something to look at. */
    async onRemixPublished(tx: Tx, { videoId }: { videoId: VideoId }): Promise<void> {
      const found = await writtenRemix(videoId);
      if (found) await ask(tx, found.video, found.written);
    },

    /** The same of one that nobody sees before they say yes: they alone are told of it, with where it can be watched. */
    async onRemixAsked(tx: Tx, { videoId }: { videoId: VideoId }): Promise<void> {
      const video = await deps.videos.internal(videoId);
      const written = video?.state === 'held' ? await deps.notes.ofUnseen(video) : null;
      if (video && written) await ask(tx, video, written);
    },

    /** Whoever asked from elsewhere hears what an author of this server says. */
    async onRemixAnswered(
      tx: Tx,
      {
        authorId,
        requesterId,
        requestUri,
        originalUri,
        instrumentUri,
        stampUri,
      }: {
        authorId: AccountId;
        requesterId: AccountId;
        requestUri: string;
        originalUri: string;
        instrumentUri: string;
        stampUri: string | null;
      },
    ): Promise<void> {
      const people = await deps.accounts.byIds([authorId, requesterId]);
      const [author, requester] = [people.get(authorId), people.get(requesterId)];
      if (!author || !requester) return;
      await deliver(deps, tx, {
        senderId: author.id,
        activity: quoteAnswerOf({
          type: stampUri === null ? 'Reject' : 'Accept',
          actorUri: author.actorUri,
          requesterUri: requester.actorUri,
          request: {
            ...{ type: 'QuoteRequest', id: requestUri, actor: requester.actorUri },
            ...{ object: originalUri, instrument: instrumentUri },
          },
          serial: deps.ids.next(),
          ...(stampUri === null ? {} : { result: stampUri }),
        }),
        objectUri: requestUri,
        audience: { kind: 'account', id: requester.id },
      });
    },

    /** Whoever was told of a remix hears what the author of the original says to it. */
    async onRemixSettled(tx: Tx, { videoId }: { videoId: VideoId }): Promise<void> {
      const found = await writtenRemix(videoId);
      if (!found) return;
      const { video, written } = found;
      const followers = { kind: 'followers', of: written.author.id, peers: 'others' } as const;
      await deliver(deps, tx, {
        senderId: written.author.id,
        activity: updateOf(written.note, deps.ids.next()),
        objectUri: video.uri,
        audience: [
          ...(isOpen(video) ? [followers] : []),
          { kind: 'told', objectUri: video.uri, peers: 'others' },
        ],
      });
    },

    async onRemixRevoked(
      tx: Tx,
      {
        stampUri,
        authorId,
        remixUri,
        remixerId,
      }: {
        stampUri: string;
        authorId: AccountId;
        remixUri: string;
        remixerId: AccountId;
      },
    ): Promise<void> {
      const author = await deps.accounts.byId(authorId);
      if (!author) return;
      await deliver(deps, tx, {
        senderId: author.id,
        activity: stampDeleteOf(stampUri, author.actorUri),
        objectUri: stampUri,
        audience: [
          { kind: 'servers', of: [remixerId] },
          { kind: 'followers', of: author.id, peers: 'others' },
          { kind: 'told', objectUri: remixUri, peers: 'others' },
        ],
      });
    },
  };
}
