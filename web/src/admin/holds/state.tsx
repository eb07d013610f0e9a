import { Badge } from '../parts/badge.tsx';
import type { LegalHold } from './calls.ts';
import { say } from './say.ts';

/** How far a hold is. */
export function HoldState({ hold }: { hold: Pick<LegalHold, 'released_at' | 'waiting' | 'missing'> }) {
  const { released_at: releasedAt, waiting, missing } = hold;
  return (
    <>
      {releasedAt !== null && <Badge>{say('isReleased')}</Badge>}
      {releasedAt === null && waiting === 0 && <Badge tone="good">{say('isHeld')}</Badge>}
      {waiting > 0 && <Badge tone="plain">{say('isCopied')}</Badge>}
      {missing > 0 && <Badge tone="bad">{say('missing', { n: missing })}</Badge>}
    </>
  );
}
