import { Badge } from '../parts/badge.tsx';
import type { AdminSound } from './calls.ts';
import { say } from './say.ts';

/** What counts for a sound, in a word; a rule of its own comes before the list. */
export function Standing({ sound: { rule, listed } }: { sound: Pick<AdminSound, 'rule' | 'listed'> }) {
  const action = rule?.action ?? listed?.action;
  return (
    <>
      {action !== undefined && (
        <Badge tone={action === 'allow' ? 'good' : 'bad'}>
          {say(rule?.region ? 'standingSome' : 'standingOf', { standing: action })}
        </Badge>
      )}
      {listed && <Badge>{say('standingOf', { standing: 'listed' })}</Badge>}
    </>
  );
}

export const nameOf = ({ id, title }: Pick<AdminSound, 'id' | 'title'>): string =>
  title || say('unnamed', { id });
