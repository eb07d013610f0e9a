import { describe } from '../inbox/describe.ts';
import type { Entry } from '../inbox/entries.ts';
import { isNewer } from '../inbox/entries.ts';

/** What the server pushed (src/modules/push/message.ts). */
export interface Pushed {
  /** Of the notification; empty where what came is nothing of ours. */
  readonly id: string;
  readonly title: string;
  readonly body: string;
  /** Address of a picture, or empty. */
  readonly icon: string;
}

/** What is shown of it. */
export interface Notice {
  readonly title: string;
  readonly body: string;
  readonly icon: string;
  /** What is told about the same takes its place. */
  readonly tag: string;
  /** Where it leads. */
  readonly data: string;
}

const USUAL_ICON = '/app/icons/tile-192.png';

/** Reads what came; parts that are missing are empty. */
export function readPushed(text: string): Pushed {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = null;
  }
  const part = (key: string) => {
    const found = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
    return typeof found === 'string' || typeof found === 'number' ? String(found) : '';
  };
  return { id: part('notification_id'), title: part('title'), body: part('body'), icon: part('icon') };
}

/** Among the newest groups of the inbox, the one that what was pushed is part of. */
export function entryOf({ id }: Pushed, entries: readonly Entry[]): Entry | undefined {
  if (!/^\d+$/.test(id)) return undefined;
  return entries.find(({ group }) => !isNewer(group.page_min_id, id) && !isNewer(id, group.page_max_id));
}

/** What is shown of what was pushed: as the inbox tells it, where that is known. */
export function noticeOf(
  { id, title, body, icon }: Pushed,
  entry: Entry | undefined,
  { owner, server }: { readonly owner: string; readonly server: string },
): Notice {
  const told = entry && describe(entry, owner);
  return {
    title: told ? told.parts.map(({ text }) => text).join('') : title || server,
    body,
    icon: icon || USUAL_ICON,
    tag: entry?.key ?? id,
    data: told?.href ?? '/inbox',
  };
}
