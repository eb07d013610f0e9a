import { type AnsweredFollow, answeredFollow } from './answer.ts';
import { applied, ignored, verb } from './verb.ts';

/** An account elsewhere turns one of our people away, or removes them as a follower. */
export const reject = verb<AnsweredFollow>({
  verify: answeredFollow,
  async apply(plan, tx, { social }) {
    const outcome = await social.reject(tx, plan);
    return outcome.ok ? applied : ignored(outcome.reason);
  },
});
