/** Text that is HTML already. Only the tag below makes it. */
export interface Html {
  readonly html: string;
}

type Part = string | number | Html | readonly Html[];

/** Puts values into HTML as text; what this tag made goes in as it is (security.md W1). */
export function html(texts: TemplateStringsArray, ...parts: readonly Part[]): Html {
  let written = texts[0] ?? '';
  for (const [n, part] of parts.entries()) written += asHtml(part) + (texts[n + 1] ?? '');
  return { html: written };
}

function asHtml(part: Part): string {
  if (typeof part === 'string' || typeof part === 'number') return escapeText(String(part));
  return 'html' in part ? part.html : part.map((one) => one.html).join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  ...{ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' },
};

function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? '');
}
