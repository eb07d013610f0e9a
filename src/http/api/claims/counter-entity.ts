import { z } from 'zod';
import { type Counter, counterStates } from '../../../modules/claims/index.ts';

/** What uploader, claimant and staff see of a counter-notice. */
export const counterEntity = z
  .object({
    id: z.string(),
    state: z
      .enum(counterStates)
      .describe('`waiting` for the claimant, who has until `due_at`; `sued`: the claimant went to court'),
    name: z.string(),
    address: z.string(),
    country: z.string(),
    text: z.string(),
    signature: z.string(),
    created_at: z.string(),
    due_at: z.string().describe('When the videos come back unless the claimant goes to court'),
    court: z.string().describe('Where the claimant went, in their words'),
    answer: z.string().describe('Of the staff'),
  })
  .meta({ id: 'CounterNotice' });

export function counterEntityOf(counter: Counter): z.input<typeof counterEntity> {
  const { id, state, name, address, country, text, signature, court, answer } = counter;
  return {
    ...{ id, state, name, address, country, text, signature, court, answer },
    created_at: counter.createdAt.toISOString(),
    due_at: counter.dueAt.toISOString(),
  };
}
