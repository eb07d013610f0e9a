import type { AdminClaim } from '../../api/schema.gen.ts';
import { Badge, type Tone } from '../parts/badge.tsx';
import { say } from './say.ts';

const TONES: Readonly<Record<AdminClaim['state'], Tone>> = {
  ...{ unconfirmed: 'plain', open: 'plain', upheld: 'bad', rejected: 'plain' },
  ...{ withdrawn: 'plain', restored: 'good' },
};

/** What became of a claim, and whether uploaders have answered. */
export function ClaimState({ claim }: { claim: Pick<AdminClaim, 'state' | 'waiting_counter_notices'> }) {
  const { state, waiting_counter_notices: waiting } = claim;
  return (
    <>
      <Badge tone={TONES[state]}>{say('stateOf', { state })}</Badge>
      {waiting > 0 && <Badge>{say('countersWaiting', { count: waiting })}</Badge>}
    </>
  );
}
