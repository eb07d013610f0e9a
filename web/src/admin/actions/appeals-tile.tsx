import type { AdminAppeal } from '../../api/schema.gen.ts';
import { WaitingTile } from '../parts/waiting-tile.tsx';
import { say } from './say.ts';

/** How many appeals nobody has answered, and since when. */
export function AppealsTile() {
  return (
    <WaitingTile<AdminAppeal>
      label={say('appeals')}
      path="/api/v1/admin/appeals"
      query={{ state: 'open' }}
      href="/admin/appeals?state=open"
      since={({ created_at: at }) => at}
    />
  );
}
