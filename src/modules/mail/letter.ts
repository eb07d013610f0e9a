import { mailLimits } from '../../../config/mail-limits.ts';
import { escapeHtml } from '../../lib/html/from-text.ts';

/** One part of what is written: a paragraph, a link that is a button where there are buttons, or a list. */
type Part =
  | string
  | { readonly link: string; readonly words: string }
  | { readonly items: readonly { readonly text: string; readonly link: string | null }[] };

/** What is to be said, before it is known how it looks. */
export interface Letter {
  readonly subject: string;
  readonly parts: readonly Part[];
  /** In small print below: why somebody gets this, and how to end it. */
  readonly footer: readonly Part[];
}

/** The server that writes. */
export interface Letterhead {
  readonly server: string;
  readonly origin: string;
}

/** A letter as text and as the same in plain HTML: no pictures, nothing that tells who has read it. */
export function renderLetter(
  { subject: long, parts, footer }: Letter,
  { server, origin }: Letterhead,
): { readonly subject: string; readonly text: string; readonly html: string } {
  const from: readonly Part[] = [...footer, `${server} · ${origin}`];
  const subject = oneLine(long, mailLimits.maxSubjectCharacters);
  return {
    subject,
    text: `${parts.map(textOf).join('\n\n')}\n\n-- \n${from.map(textOf).join('\n')}\n`,
    html: `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(subject)}</title></head>
<body style="margin:0 auto;padding:16px;max-width:34rem;font:16px/1.5 sans-serif">
${parts.map(htmlOf).join('\n')}
<hr>
<div style="font-size:14px">
${from.map(smallHtmlOf).join('\n')}
</div>
</body></html>
`,
  };
}

/** A text as one line: no line break gets into a header (security.md W7), and none is longer than people read. */
export function oneLine(text: string, max: number): string {
  const line = text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
  const characters = [...line];
  return characters.length <= max ? line : `${characters.slice(0, max - 1).join('')}…`;
}

function textOf(part: Part): string {
  if (typeof part === 'string') return part;
  if ('link' in part) return `${part.words}:\n${part.link}`;
  return part.items.map(({ text, link }) => `- ${text}${link === null ? '' : `\n  ${link}`}`).join('\n');
}

const BUTTON =
  'display:inline-block;padding:10px 20px;border-radius:22px;background:#0b7a5b;color:#ffffff;text-decoration:none;font-weight:600';

function htmlOf(part: Part): string {
  if (typeof part === 'string') return `<p>${escapeHtml(part)}</p>`;
  if ('link' in part) {
    const link = escapeHtml(part.link);
    // The address as well: some programs show no links, and people should see where one leads.
    return `<p><a href="${link}" style="${BUTTON}">${escapeHtml(part.words)}</a></p>
<p style="font-size:14px;overflow-wrap:anywhere">${link}</p>`;
  }
  const items = part.items.map(({ text, link }) => {
    const words = escapeHtml(text);
    return `<li>${link === null ? words : `<a href="${escapeHtml(link)}">${words}</a>`}</li>`;
  });
  return `<ul>${items.join('')}</ul>`;
}

function smallHtmlOf(part: Part): string {
  if (typeof part === 'string' || !('link' in part)) return htmlOf(part);
  return `<p><a href="${escapeHtml(part.link)}">${escapeHtml(part.words)}</a></p>`;
}
