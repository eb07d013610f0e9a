import type { Account } from '../../src/modules/accounts/index.ts';
import type { Likeable } from '../../src/modules/engagement/index.ts';
import { isObject, listOf, textOf, typesOf } from '../translate/read.ts';
import type { Activity } from './normalise.ts';
import {
  applied,
  ignored,
  likeableOf,
  lockObject,
  seenPost,
  senderOf,
  type VerbContext,
  verb,
} from './verb.ts';

interface Plan {
  readonly account: Account;
  readonly target: Likeable;
  readonly uri: string;
  readonly emoji: string | null;
}

const steps = {
  async apply(
    { account, target, uri, emoji }: Plan,
    tx: Parameters<typeof lockObject>[0],
    { engagement }: VerbContext,
  ) {
    await lockObject(tx, uri);
    const outcome = await engagement.like(tx, account, target, { uri, emoji });
    return outcome.ok ? applied : ignored(outcome.reason);
  },
};

async function likePlan(activity: Activity, context: VerbContext, emoji: string | null) {
  const sender = await senderOf(activity, context);
  if ('state' in sender) return sender;
  const post = await seenPost(activity.objectId, sender.account, context);
  if (!post) return ignored('unknown-object');
  const plan: Plan = { account: sender.account, target: likeableOf(post), uri: activity.id, emoji };
  return { plan };
}

/** Somebody likes a video or a comment. A reaction that is no single emoji is a like all the same. */
export const like = verb<Plan>({
  verify: (activity, context) => likePlan(activity, context, emojiOf(activity)),
  ...steps,
});

/** A reaction with an emoji (FEP-c0e0), counted as a like; one with anything else is none. */
export const emojiReact = verb<Plan>({
  async verify(activity, context) {
    const emoji = emojiOf(activity);
    return emoji === null ? ignored('not-an-emoji') : likePlan(activity, context, emoji);
  },
  ...steps,
});

const CUSTOM = /^:[\w-]{1,60}:$/;
const EMOJI = /^\p{RGI_Emoji}$/v;

/** One emoji, or the `:name:` of one that the activity brings along as a tag. */
function emojiOf({ raw }: Activity): string | null {
  const text = textOf(raw.content ?? raw._misskey_reaction, 65)?.trim() ?? '';
  // Some servers leave out the selector that asks for the colourful form.
  if (EMOJI.test(text) || EMOJI.test(`${text}\uFE0F`)) return text;
  const isBrought = listOf(raw.tag)
    .filter(isObject)
    .some((tag) => typesOf(tag).includes('Emoji') && [text, text.slice(1, -1)].includes(String(tag.name)));
  return CUSTOM.test(text) && isBrought ? text : null;
}
