import { z } from 'zod';
import { type AnnouncementId, idSchema } from '../../lib/ids.ts';
import { announcementEntityOf } from '../api/instance/announcements.ts';
import type { HttpDeps } from '../deps.ts';
import type { Audience, Listener, Message } from './audience.ts';
import type { Stream } from './streams.ts';

const shownPayload = z.object({ announcementId: idSchema<'announcement'>() });
const reactedPayload = shownPayload.extend({ name: z.string() });

const wants = ({ name }: Stream, { isApp }: Listener) =>
  name === 'user' || (name === 'user:notification' && !isApp);

/**
 * What is told of announcements: the same to everybody who listens to the stream of the own account, and to pages of ours on that of
 * notifications, the one that they keep open.
 */
export function createAnnouncementNews(deps: HttpDeps, audience: Audience) {
  const tell = (message: Message) => audience.tell(audience.all(), wants, message);

  async function shown(announcementId: AnnouncementId): Promise<void> {
    const announcement = await deps.announcements.oneShown(announcementId);
    // Where it is over again by now, that is told of, too.
    if (announcement) {
      await tell({
        event: 'announcement',
        payload: JSON.stringify(announcementEntityOf(announcement, false)),
      });
    }
  }

  async function reacted({ announcementId, name }: z.output<typeof reactedPayload>): Promise<void> {
    const announcement = await deps.announcements.oneShown(announcementId);
    if (!announcement) return;
    const count = announcement.reactions.find((reaction) => reaction.name === name)?.count ?? 0;
    const payload = JSON.stringify({ name, count, announcement_id: announcementId });
    await tell({ event: 'announcement.reaction', payload });
  }

  return {
    onShown: (payload: unknown) => shown(shownPayload.parse(payload).announcementId),
    onGone: (payload: unknown) =>
      tell({ event: 'announcement.delete', payload: shownPayload.parse(payload).announcementId }),
    onReacted: (payload: unknown) => reacted(reactedPayload.parse(payload)),
  };
}
