import type { Context } from '../../src/context.ts';
import type { VideoId } from '../../src/lib/ids.ts';
import type { RemoteVideo } from '../../src/modules/videos/index.ts';

/** A public video that somebody of another server posted, whose file lies at `sourceUrl`. */
export interface RemotePost {
  /** Where that server is, such as `http://127.0.0.2:1234`. */
  readonly origin: string;
  readonly author: string;
  /** Tells its posts apart. */
  readonly number: number;
  readonly sourceUrl: string;
  /** What its server says of remixes; nothing where this is not given. */
  readonly remixes?: RemoteVideo['remixes'];
  /** What it says of its sound; nothing where this is not given. */
  readonly sound?: RemoteVideo['sound'];
}

/** Takes in a video of another server, as its Create does. Nobody here has asked for its file yet. */
export async function receivePost(context: Context, post: RemotePost): Promise<VideoId> {
  const { inTx, accounts, videos } = context;
  const { origin, author: username } = post;
  const actorUri = `${origin}/users/${username}`;
  const author = await inTx((tx) =>
    accounts.upsertRemote(tx, {
      ...{ actorUri, actorType: 'Person', username, domain: new URL(origin).host, displayName: '' },
      ...{ bioHtml: '', url: actorUri, inboxUri: `${actorUri}/inbox`, sharedInboxUri: null },
      ...{ followersUri: null, outboxUri: null, featuredUri: null, alsoKnownAs: [] },
      ...{ fields: [], avatarUrl: null, headerUrl: null },
      ...{ locked: false, discoverable: true, indexable: true },
    }),
  );
  const [made] = await inTx((tx) => videos.receiveRemote(tx, [{ author, video: videoOf(post) }]));
  if (!made?.ok) throw new Error(`The video is ${made?.reason}.`);
  return made.videoId;
}

/** Takes in what its server says of it anew. */
export async function receiveEdit(
  { inTx, videos }: Context,
  id: VideoId,
  post: RemotePost,
  editedAt: Date,
): Promise<void> {
  const taken = await inTx((tx) => videos.updateRemote(tx, id, { ...videoOf(post), editedAt }, []));
  if (!taken.ok) throw new Error(`The edit is ${taken.reason}.`);
}

function videoOf({ origin, number, sourceUrl, remixes, sound }: RemotePost): RemoteVideo {
  const uri = `${origin}/videos/${number}`;
  return {
    ...{ uri, url: uri, visibility: 'public' as const, captionHtml: '', contentWarning: '', altText: '' },
    ...{ sensitive: false, language: null, publishedAt: new Date(), durationSeconds: null, width: null },
    ...{ height: null, blurhash: null, sourceUrl, sourcePosterUrl: null },
    ...{ editedAt: null, attributedTo: [], commentsOpen: true },
    ...(remixes ? { remixes } : {}),
    ...(sound ? { sound } : {}),
  };
}
