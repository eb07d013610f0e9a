import { count } from '../../format.ts';
import { say } from './say.ts';

/** What was left out and why. Reasons are as the log has them: for those who look into what a server tells. */
export function LeftOut({ refused }: { refused: readonly { reason: string; count: number }[] }) {
  if (refused.length === 0) return say('nothing');
  return (
    <ul>
      {refused.map(({ reason, count: n }) => (
        <li key={reason}>
          {count(n)} <code>{reason}</code>
        </li>
      ))}
    </ul>
  );
}
