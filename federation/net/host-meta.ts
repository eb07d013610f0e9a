const LINK = /<(?:\w+:)?Link\s([^<>]{1,2000})>/g;
const ATTRIBUTE = /\b(rel|template)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/**
 * The URL template with `{uri}` that a host-meta document (RFC 6415) gives for looking up accounts, or
 * nothing. Reads the text by pattern: no XML parser, so no entities or DTDs of the sender come to life.
 */
export function findLrddTemplate(xml: string): string | undefined {
  for (const [, attributes = ''] of xml.matchAll(LINK)) {
    const found = new Map<string, string>();
    for (const [, name = '', double, single] of attributes.matchAll(ATTRIBUTE))
      found.set(name, double ?? single ?? '');
    const template = found.get('template') ?? '';
    if (found.get('rel') === 'lrdd' && template.includes('{uri}')) {
      return template.replace(/&(amp|lt|gt|quot|apos);/g, (_all, name: string) => ENTITIES[name] ?? '');
    }
  }
  return undefined;
}
