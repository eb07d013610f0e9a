import { computed, signal } from '@preact/signals';
import type { ComponentType } from 'preact';
import type { Announcement } from '../api/schema.gen.ts';

/** What the staff tells everybody at this moment, the newest first; what was dismissed is `read`. */
export const announcements = signal<readonly Announcement[]>([]);

/** Those that nobody has dismissed here yet. */
export const unreadAnnouncements = computed(() => announcements.value.filter(({ read }) => !read));

/** What opens them where a banner would take room from a clip; it comes with the code of the banner. */
export const newsButton = signal<ComponentType | null>(null);

/** What the stream told last; `name` is that of its event, and `opened` that it has just begun. */
export const toldOfAnnouncements = signal<{ readonly name: string; readonly data: string } | null>(null);

/** The events of the stream that tell of announcements. */
export const announcementEvents = [
  ...['announcement', 'announcement.delete', 'announcement.reaction'],
] as const;
