import type { HeldPost } from '../../api/schema.gen.ts';
import { WaitingTile } from '../parts/waiting-tile.tsx';
import { say } from './say.ts';

/** How much is held back until a moderator has looked, and since when. */
export function HeldTile() {
  return (
    <WaitingTile<HeldPost>
      label={say('title')}
      path="/api/v1/admin/held"
      href="/admin/held"
      since={({ created_at: at }) => at}
    />
  );
}
