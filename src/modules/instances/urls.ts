import type { AccountId, CommentId, VideoId } from '../../lib/ids.ts';

/**
 * Every address of this server that others may remember. Ids are opaque, so that a rename changes none
 * of them; pages carry the handle for people.
 */
export type Urls = ReturnType<typeof createUrls>;

export function createUrls(origin: string) {
  const actor = (id: AccountId) => `${origin}/ap/users/${id}`;
  return {
    origin,
    /** Host part of our handles, with the port where it is not the scheme's own. */
    domain: new URL(origin).host,
    instanceActor: `${origin}/actor`,
    sharedInbox: `${origin}/inbox`,
    actor,
    inbox: (id: AccountId) => `${actor(id)}/inbox`,
    outbox: (id: AccountId) => `${actor(id)}/outbox`,
    followers: (id: AccountId) => `${actor(id)}/followers`,
    following: (id: AccountId) => `${actor(id)}/following`,
    profilePage: (username: string) => `${origin}/@${username}`,
    video: (id: VideoId) => `${origin}/ap/videos/${id}`,
    videoPage: (username: string, id: VideoId) => `${origin}/@${username}/${id}`,
    /** A video once more, as PeerTube wants it: an object of its own (ADR 0009). */
    videoAlias: (videoUri: string) => `${videoUri}/pt`,
    /** Addresses of collections below a post. */
    repliesOf: (postUri: string) => `${postUri}/replies`,
    likesOf: (postUri: string) => `${postUri}/likes`,
    sharesOf: (postUri: string) => `${postUri}/shares`,
    dislikesOf: (postUri: string) => `${postUri}/dislikes`,
    commentsOf: (postUri: string) => `${postUri}/comments`,
    contextOf: (id: VideoId) => `${origin}/ap/contexts/${id}`,
    comment: (id: CommentId) => `${origin}/ap/comments/${id}`,
    commentPage: (username: string, id: CommentId) => `${origin}/@${username}/${id}`,
    soundPage: (id: string) => `${origin}/sounds/${id}`,
    tagPage: (name: string) => `${origin}/tag/${encodeURIComponent(name)}`,
    /** A picture of a remote account before it is stored here. */
    picture: (id: AccountId, role: 'avatar' | 'header') => `${origin}/pictures/${id}/${role}`,
    /** The picture of those who have none. */
    defaultPicture: (role: 'avatar' | 'header') => `${origin}/pictures/${role}.png`,
    featured: (id: AccountId) => `${actor(id)}/featured`,
    /** What an account likes; for its owner alone. */
    liked: (id: AccountId) => `${actor(id)}/liked`,
    /** A video that was uploaded for a post which its author has not written yet; for its author alone. */
    upload: (id: VideoId) => `${origin}/ap/uploads/${id}`,
    /** The id of such a video in its address, or null. */
    uploadIdAt: (uri: string) =>
      uri.startsWith(`${origin}/ap/uploads/`) ? uri.slice(`${origin}/ap/uploads/`.length) : null,
    /** Where ActivityPub clients sign in, send media, and ask for what other servers have (ActivityPub 4.1). */
    clientEndpoints: {
      oauthAuthorizationEndpoint: `${origin}/oauth/authorize`,
      oauthTokenEndpoint: `${origin}/oauth/token`,
      uploadMedia: `${origin}/ap/uploads`,
      proxyUrl: `${origin}/ap/proxy`,
    },
    like: (id: string) => `${origin}/ap/likes/${id}`,
    share: (id: string) => `${origin}/ap/shares/${id}`,
    block: (id: string) => `${origin}/ap/blocks/${id}`,
    pack: (id: string) => `${origin}/ap/packs/${id}`,
    packPage: (id: string) => `${origin}/packs/${id}`,
    playlistPage: (id: string) => `${origin}/playlists/${id}`,
    report: (id: string) => `${origin}/ap/reports/${id}`,
    quoteAuthorization: (id: string) => `${origin}/ap/quote_authorizations/${id}`,
    follow: (id: string) => `${origin}/ap/follows/${id}`,
    /**
     * The id of a post of this server in another of its addresses: that of a video for PeerTube, or its page.
     * Null where the address is none of these.
     */
    postIdAt(uri: string): string | null {
      if (!uri.startsWith(`${origin}/`)) return null;
      const path = uri.slice(origin.length);
      return (
        /^(?:\/ap\/videos\/(\d{1,19})\/pt|\/@\w+\/(\d{1,19}))$/.exec(path)?.slice(1).find(Boolean) ?? null
      );
    },
    /** The page of a person, or of a post of a person, behind one of our own addresses; null for all others. */
    pageAt(address: string): { readonly username: string; readonly postId: string | null } | null {
      const url = URL.parse(address);
      const [, username, postId = null] =
        /^\/@([^/@]+)(?:\/([1-9]\d{0,18}))?\/?$/.exec(url?.pathname ?? '') ?? [];
      return url?.origin === origin && username !== undefined ? { username, postId } : null;
    },
    /** The id of a starter pack of this server in its id or the address of its page, or null. */
    packIdAt: (uri: string): string | null =>
      uri.startsWith(`${origin}/`)
        ? (/^\/(?:ap\/)?packs\/([1-9]\d{0,18})$/.exec(uri.slice(origin.length))?.[1] ?? null)
        : null,
    /** True for addresses that only this server may hand out. */
    isOurs: (uri: string) => uri === origin || uri.startsWith(`${origin}/`),
  };
}
