import type { Account, Status } from '../api/types.ts';
import { openPanel } from '../state/panels.ts';
import { reactionOf, wish } from '../state/reactions.ts';
import { refreshRelationship } from '../state/relationships.ts';
import { me } from '../state/session.ts';
import { takeOut } from '../state/timelines.ts';
import { toast } from '../state/toasts.ts';
import { signInPath } from '../ui/links.ts';
import { clipCalls, type Silence } from './calls.ts';
import { type At, showHeart } from './hearts.ts';
import { say } from './say.ts';

function askToSignIn(sentence: string): void {
  if (me.peek()) toast(say('confirmFirst'));
  else toast(sentence, 'info', { label: say('signIn'), run: () => location.assign(signInPath()) });
}

/** Likes a clip or takes that back. */
export function toggleLike(status: Status): void {
  const { liked } = reactionOf(status);
  if (!wish('like', status, !liked)) askToSignIn(say('signInLike'));
  else if (!liked) showHeart(status.id);
}

/** Likes a clip; once more is no other than once. A heart shows where the finger is. */
export function likeAt(status: Status, at: At): void {
  if (wish('like', status, true)) showHeart(status.id, at);
  else askToSignIn(say('signInLike'));
}

/** Saves a clip or takes that back. */
export function toggleSaved(status: Status): void {
  const { saved } = reactionOf(status);
  if (!wish('save', status, !saved)) askToSignIn(say('signInSave'));
}

export const openComments = (status: Status): void => openPanel({ name: 'comments', status });
export const openShare = (status: Status): void => openPanel({ name: 'share', status });

/** What the keys do with a clip. */
export const deedKeys = (status: Status) => ({
  like: () => toggleLike(status),
  comments: () => openComments(status),
  share: () => openShare(status),
  save: () => toggleSaved(status),
});

/** Takes a clip out of the feeds and tells the server; both can be undone. */
export async function setNotInterested(status: Status): Promise<void> {
  const putBack = takeOut(({ id }) => id === status.id);
  const outcome = await clipCalls.setUnwanted(status.id, true);
  if (!outcome.ok) {
    putBack();
    return toast(outcome.sentence, 'error');
  }
  toast(say('hidden'), 'info', {
    label: say('undo'),
    run: async () => {
      const back = await clipCalls.setUnwanted(status.id, false);
      if (back.ok) putBack();
      else toast(back.sentence, 'error');
    },
  });
}

/** Mutes or blocks somebody, whose clips leave the feeds; both can be undone. */
export async function silence(account: Account, how: Silence): Promise<void> {
  const putBack = takeOut((status) => status.account.id === account.id);
  const outcome = await clipCalls.silence(account.id, how, true);
  if (!outcome.ok) {
    putBack();
    return toast(outcome.sentence, 'error');
  }
  void refreshRelationship(account.id);
  const { acct } = account;
  toast(how === 'mute' ? say('muted', { acct }) : say('blocked', { acct }), 'info', {
    label: say('undo'),
    run: async () => {
      const back = await clipCalls.silence(account.id, how, false);
      if (!back.ok) return toast(back.sentence, 'error');
      putBack();
      void refreshRelationship(account.id);
    },
  });
}
