import type { Context } from '../../src/context.ts';
import type { VideoId } from '../../src/lib/ids.ts';

/** A public video that somebody of another server posted, whose file lies at `sourceUrl`. */
export interface RemotePost {
  /** Where that server is, such as `http://127.0.0.2:1234`. */
  readonly origin: string;
  readonly author: string;
  /** Tells its posts apart. */
  readonly number: number;
  readonly sourceUrl: string;
}

/** Takes in a video of another server, as its Create does. Nobody here has asked for its file yet. */
export async function receivePost(context: Context, post: RemotePost): Promise<VideoId> {
  const { inTx, accounts, videos } = context;
  const { origin, author: username, number, sourceUrl } = post;
  const actorUri = `${origin}/users/${username}`;
  const uri = `${origin}/videos/${number}`;
  const author = await inTx((tx) =>
    accounts.upsertRemote(tx, {
      ...{ actorUri, actorType: 'Person', username, domain: new URL(origin).host, displayName: '' },
      ...{ bioHtml: '', url: actorUri, inboxUri: `${actorUri}/inbox`, sharedInboxUri: null },
      ...{ followersUri: null, outboxUri: null, featuredUri: null, alsoKnownAs: [] },
      ...{ fields: [], avatarUrl: null, headerUrl: null },
      ...{ locked: false, discoverable: true, indexable: true },
    }),
  );
  const video = {
    ...{ uri, url: uri, visibility: 'public' as const, captionHtml: '', contentWarning: '', altText: '' },
    ...{ sensitive: false, language: null, publishedAt: new Date(), durationSeconds: null, width: null },
    ...{ height: null, blurhash: null, sourceUrl, sourcePosterUrl: null },
    ...{ editedAt: null, attributedTo: [], commentsOpen: true },
  };
  const [made] = await inTx((tx) => videos.receiveRemote(tx, [{ author, video }]));
  if (!made?.ok) throw new Error(`The video is ${made?.reason}.`);
  return made.videoId;
}
