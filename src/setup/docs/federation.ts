import { accepted, sent } from '../../../federation/vocabulary.ts';

/** The page FEDERATION.md with its tables written anew; the text around them is the page's own. */
export function federationPage(page: string): string {
  const rows = (lines: readonly (readonly string[])[]) => lines.map((line) => `| ${line.join(' | ')} |`);
  const sentTable = [
    ...['| activity | when | to |', '|---|---|---|'],
    ...rows(Object.entries(sent).map(([name, { when, to }]) => [`\`${name}\``, when, to])),
  ];
  const acceptedTable = [
    ...['| activity | effect |', '|---|---|'],
    ...rows(Object.entries(accepted).map(([name, effect]) => [`\`${name}\``, effect])),
  ];
  return replaceBlock(replaceBlock(page, 'sent', sentTable), 'accepted', acceptedTable);
}

/** Puts lines between the comments that mark a block. Throws where the page has no such block. */
function replaceBlock(page: string, name: string, lines: readonly string[]): string {
  const [begin, end] = [`<!-- ${name}: written by npm run docs -->\n`, `<!-- end of ${name} -->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`FEDERATION.md has no block “${name}”.`);
  return `${page.slice(0, from + begin.length)}${lines.join('\n')}\n${page.slice(to)}`;
}
