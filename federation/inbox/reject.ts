import { type Answered, answerByRelay, answered } from './answer.ts';
import { type AnsweredQuote, answeredQuote } from './quote-answer.ts';
import { applied, ignored, verb } from './verb.ts';

/** An account elsewhere turns one of our people away, removes them as a follower, or does not let them show its video. */
export const reject = verb<Answered | AnsweredQuote>({
  verify: async (activity, context) =>
    (await answeredQuote(activity, 'Reject', context)) ?? answered(activity, context),
  async apply(plan, tx, context) {
    if ('remixId' in plan) {
      const isNew = await context.remixes.refuse(tx, plan.remixId);
      return isNew ? applied : ignored('answered-before');
    }
    if ('relay' in plan) return answerByRelay(tx, plan, 'rejected', context);
    const outcome = await context.social.reject(tx, plan);
    return outcome.ok ? applied : ignored(outcome.reason);
  },
});
