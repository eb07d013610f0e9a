import type { ActivityName } from './inbox/index.ts';
import type { SentName } from './translate/outgoing.ts';

/**
 * What FEDERATION.md says of each activity. The maps are total: an activity that is sent or has an effect, and
 * is not told of here, does not compile. `npm run docs` writes the tables.
 */
export const sent: Readonly<Record<SentName, { readonly when: string; readonly to: string }>> = {
  Accept: {
    when: 'of a `Follow`: an account of ours lets the follower in; of a `QuoteRequest`: with the stamp as `result`',
    to: 'who asked, at its own inbox',
  },
  Add: { when: 'a video is pinned on its author’s profile, `target` is `featured`', to: 'followers' },
  Announce: {
    when: 'a video is shared, or published by a channel; `object` is always its id',
    to: 'the sharer’s followers and the author; to the public, or for a video of one’s own for followers to these; of a channel: its followers, and on PeerTube those of the person',
  },
  Block: { when: 'one of our people blocks an account', to: 'that account' },
  Create: {
    when: 'of a `Note`: a video can be played, or a comment was written; of a `Video`, for PeerTube',
    to: 'of a video: followers and those it names; of a comment: whom it answers and names, and if it is public the author of the video and, where that is ours, all who were told of it',
  },
  Delete: {
    when: 'of a `Tombstone`: a video or comment was deleted, also by the author of the video; of an actor: an account was deleted; of a stamp: its author takes it back',
    to: 'followers, and every server that was told of it, or of an account, of anything by it',
  },
  Flag: {
    when: 'one of our people reports an account and wants its server to know; the actor is the server',
    to: 'the server of the account',
  },
  Follow: { when: 'one of our people asks to follow, or follows an account that moved', to: 'the account' },
  Like: { when: 'a video or comment is liked', to: 'its author' },
  Move: { when: 'one of our people goes on as another account, which names the old one', to: 'followers' },
  QuoteRequest: {
    when: 'a duet or stitch of a video of another server is published, or waits for the author of that; `instrument` is the embedded `Note`',
    to: 'the author of the original, at its own inbox',
  },
  Reject: {
    when: 'of a `Follow`: it is turned down, or the follower is removed; of a `QuoteRequest`: the video is not for everybody, or its author does not allow such a remix',
    to: 'who asked, at its own inbox',
  },
  Remove: { when: 'a pinned video is taken down', to: 'followers' },
  Undo: {
    when: 'a follow, like, share or block is taken back; the activity is embedded',
    to: 'everybody who got it',
  },
  Update: {
    when: 'of a `Note` or, for PeerTube, a `Video`, with a newer `updated`: a caption or comment was edited, or what others may do with a video, or who may see it; of an actor: its profile changed, or it was suspended here (its document keeps the key and says `suspended: true`, until that is taken back)',
    to: 'as the `Create`, and every server that was told of it; of an actor: followers, and where it was suspended every server that was told of anything by it',
  },
};

/** What an activity from elsewhere does here. */
export const accepted: Readonly<Record<ActivityName, string>> = {
  Accept:
    'of a follow that one of our people asked for, by the account asked: it is followed; of a `QuoteRequest` of ours, with a stamp that its server serves',
  Add: 'to the sender’s own `featured`, of a public video of its own: pinned, up to five',
  Announce:
    'of a public video: shared, once for each account. An unknown one is asked for at its own server, where somebody here follows the sender; what is embedded never counts. By a channel of its own video, or by an `Application` of any, it is no share',
  Block: 'of one of our accounts: neither follows or sees the other any more',
  Create:
    'of a `Note` with a video attachment, or of a `Video`: kept and copied, where one of our people follows the author or is named; of a `Note` that answers a post its author may see: a comment. `object` may be a list. Votes are ignored',
  Delete:
    'by the exact author, or for a comment by the author of the video: gone, also where the `Create` is still to come; of the actor itself: all of it is gone; of a stamp by its author: that duet or stitch names its original no more; of a starter pack by its owner: it is gone; of a post that its author asked leave for by a `QuoteRequest`: nobody is asked any more',
  Dislike: 'kept as a private signal, shown to nobody',
  EmojiReact: 'with one emoji, or the `:name:` of one in `tag`: a like; with anything else ignored',
  Flag: 'of our accounts and posts: a report to the staff, with ids alone; limited for each server and day',
  Follow: 'of one of our accounts: followed at once, or pending where the account is locked; answered',
  Like: 'of a video or comment that the sender may see: counted once for each account, whatever its `content`',
  Move: 'where the new account names the old one in `alsoKnownAs`, has not moved itself, and the last move is 30 days ago: our followers ask to follow it; blocks carry over',
  QuoteRequest:
    'of a public video of ours: answered with a stamp; of another, or by a duet or stitch that its author does not allow: turned down; where its author wants to be asked, once they answered',
  Reject: 'by the account asked: the follow is over, or the duet or stitch names its original no more',
  Remove: 'from the sender’s own `featured`: taken down',
  Undo: 'of `Follow`, `Like`, `EmojiReact`, `Dislike`, `Announce` and `Block`, by who did it, embedded or by id; one that comes first is remembered',
  Update:
    'of a post by its author, with an `updated` that is newer than what is kept; of an unknown one like a `Create`; of a duet or stitch also with a new `quoteAuthorization`; of an actor by itself',
  View: 'of a video of ours, without `expires`: counted apart from our own views, up to a number for each server, video and day',
};
