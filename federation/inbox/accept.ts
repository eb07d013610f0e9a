import { type Answered, answerByRelay, answered } from './answer.ts';
import { applied, ignored, verb } from './verb.ts';

/** An account elsewhere lets one of our people follow it. */
export const accept = verb<Answered>({
  verify: answered,
  async apply(plan, tx, context) {
    if ('relay' in plan) return answerByRelay(tx, plan, 'accepted', context);
    const outcome = await context.social.accept(tx, plan);
    return outcome.ok ? applied : ignored(outcome.reason);
  },
});
