import { type Answered, answerByRelay, answered } from './answer.ts';
import { type AnsweredQuote, answeredQuote } from './quote-answer.ts';
import { applied, ignored, verb } from './verb.ts';

/** An account elsewhere lets one of our people follow it, or show one of its videos in their own. */
export const accept = verb<Answered | AnsweredQuote>({
  verify: async (activity, context) =>
    (await answeredQuote(activity, 'Accept', context)) ?? answered(activity, context),
  async apply(plan, tx, context) {
    if ('remixId' in plan) {
      const isNew = await context.remixes.give(tx, plan.remixId, plan.stampUri);
      return isNew ? applied : ignored('answered-before');
    }
    if ('relay' in plan) return answerByRelay(tx, plan, 'accepted', context);
    const outcome = await context.social.accept(tx, plan);
    return outcome.ok ? applied : ignored(outcome.reason);
  },
});
