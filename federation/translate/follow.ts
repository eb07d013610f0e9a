import type { Outgoing } from './outgoing.ts';

const CONTEXT = 'https://www.w3.org/ns/activitystreams';

/** The facts of one follow: who asks, whom, and the id of the request. */
export interface FollowFacts {
  readonly uri: string;
  readonly followerUri: string;
  readonly targetUri: string;
}

function bare({ uri, followerUri, targetUri }: FollowFacts): Outgoing {
  return { id: uri, type: 'Follow', actor: followerUri, object: targetUri };
}

export function followOf(follow: FollowFacts): Outgoing {
  return { '@context': CONTEXT, ...bare(follow), to: [follow.targetUri] };
}

/** `Accept` or `Reject` by the one who was asked; the request is embedded, as all servers expect. */
export function answerOf(type: 'Accept' | 'Reject', follow: FollowFacts, serial: string): Outgoing {
  return {
    '@context': CONTEXT,
    id: `${follow.targetUri}#${type.toLowerCase()}/${serial}`,
    type,
    actor: follow.targetUri,
    to: [follow.followerUri],
    object: bare(follow),
  };
}

/** The follower takes the request, or the follow, back. */
export function undoFollowOf(follow: FollowFacts, serial: string): Outgoing {
  return {
    '@context': CONTEXT,
    id: `${follow.followerUri}#undo/${serial}`,
    type: 'Undo',
    actor: follow.followerUri,
    to: [follow.targetUri],
    object: bare(follow),
  };
}
