import type { Instance, Status } from '../api/types.ts';

/** Pixels of the long side of a frame. */
const LONG_SIDE = 720;
const MOST_TITLE = 70;

const ENTITIES: Readonly<Record<string, string>> = {
  ...{ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' },
};
const escaped = (text: string) => text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? '');

/** Whether everybody may see a clip, and its link is good for everybody. */
export function isForEverybody({ visibility }: Pick<Status, 'visibility'>): boolean {
  return visibility === 'public' || visibility === 'unlisted';
}

/** Whether the server gives a clip to frames of other pages. */
export function isEmbeddable(status: Status, server: Instance | undefined): boolean {
  const isOurs = status.account.host === null;
  const isOpen = isForEverybody(status) && !status.sensitive && status.spoiler_text === '';
  const isPlayed = Boolean(status.media_attachments[0]?.url);
  return (server?.configuration.embeds.enabled ?? false) && isOurs && isOpen && isPlayed;
}

/** What somebody puts into a page of theirs to show a clip there. */
export function embedCode(status: Status, origin: string, title: string): string {
  const { width, height } = status.media_attachments[0]?.meta.original ?? {};
  const size = width && height ? { width, height } : { width: 9, height: 16 };
  const scale = LONG_SIDE / Math.max(size.width, size.height);
  const attributes = [
    `src="${escaped(`${origin}/embed/${status.id}`)}"`,
    `title="${escaped([...title].slice(0, MOST_TITLE).join(''))}"`,
    `width="${Math.round(size.width * scale)}"`,
    `height="${Math.round(size.height * scale)}"`,
    'style="border:0"',
    'loading="lazy"',
    'allow="autoplay; fullscreen; picture-in-picture"',
    'allowfullscreen',
    'sandbox="allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox"',
  ];
  return `<iframe ${attributes.join(' ')}></iframe>`;
}
