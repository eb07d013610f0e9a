import { type Answered, answerByRelay, answered } from './answer.ts';
import { applied, ignored, verb } from './verb.ts';

/** An account elsewhere turns one of our people away, or removes them as a follower. */
export const reject = verb<Answered>({
  verify: answered,
  async apply(plan, tx, context) {
    if ('relay' in plan) return answerByRelay(tx, plan, 'rejected', context);
    const outcome = await context.social.reject(tx, plan);
    return outcome.ok ? applied : ignored(outcome.reason);
  },
});
