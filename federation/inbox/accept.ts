import { type AnsweredFollow, answeredFollow } from './answer.ts';
import { applied, ignored, verb } from './verb.ts';

/** An account elsewhere lets one of our people follow it. */
export const accept = verb<AnsweredFollow>({
  verify: answeredFollow,
  async apply(plan, tx, { social }) {
    const outcome = await social.accept(tx, plan);
    return outcome.ok ? applied : ignored(outcome.reason);
  },
});
