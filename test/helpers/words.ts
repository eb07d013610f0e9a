import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, TYPE } from '@formatjs/icu-messageformat-parser';
import { printAST } from '@formatjs/icu-messageformat-parser/printer.js';
import compile from 'icu-minify/compile';

export type MessageElement = ReturnType<typeof parse>[number];
export type Areas = Readonly<Record<string, Readonly<Record<string, string>>>>;

const parts = fileURLToPath(new URL('../../web/src/', import.meta.url));

/**
 * English by area: the words of each part of the page, or of each of those for the staff, under the name that its `say.ts` gives them.
 */
export async function englishWords(of: 'everybody' | 'staff' | 'all' = 'all'): Promise<Areas> {
  const isOfStaff = (file: string) => file.startsWith(join(parts, 'admin/'));
  const files = globSync(join(parts, '**/words.ts')).filter(
    (file) => of === 'all' || isOfStaff(file) === (of === 'staff'),
  );
  const areas = await Promise.all(
    files.map(async (file): Promise<[string, Areas[string]]> => {
      const area = areaOf(dirname(file));
      const { english }: { english: Areas[string] } = await import(`${resolve(file)}?plain`);
      return [area, english];
    }),
  );
  const words = Object.fromEntries(areas);
  if (Object.keys(words).length < areas.length) throw new Error('Two parts of the page have one area.');
  return words;
}

/** Words that only other languages say have no `say.ts`: their area is called as their folder. */
function areaOf(part: string): string {
  const file = join(part, 'say.ts');
  if (!existsSync(file)) return basename(part);
  const [, area] = /sayer\('([a-z-]+)', english\)/.exec(readFileSync(file, 'utf8')) ?? [];
  if (area === undefined) throw new Error(`${file} names no area.`);
  return area;
}

/** Stand around each message, so that a text that came from none is found. */
export const MARKS = ['⟦', '⟧'] as const;
/** Of a message that is added to it, in the other languages: 40 %. */
const LONGER = 0.4;

/** A file of words as the build makes it, in English with accents, longer by as much as other languages are, and between marks. */
export async function pseudoWords(): Promise<string> {
  const areas = Object.entries(await englishWords()).map(([area, messages]) => {
    const compiled = Object.entries(messages).map(([key, message]) => [key, compile(pseudo(message))]);
    return [area, Object.fromEntries(compiled)];
  });
  const noMore = 'export const ofStaff = async () => ({ default: {} });';
  return `${noMore} export default ${JSON.stringify(Object.fromEntries(areas))};`;
}

/** A message of {@link pseudoWords}, in ICU syntax. */
export function pseudo(message: string): string {
  const words = 'žluťoučký kůň úpěl ďábelské ódy '.repeat(20);
  const more = words.slice(0, Math.ceil(message.length * LONGER)).trimEnd();
  return `${MARKS[0]}${printAST(parse(message).map(accented))} ${more}${MARKS[1]}`;
}

function accented(one: MessageElement): MessageElement {
  if (one.type === TYPE.literal) return { ...one, value: one.value.replace(/[A-Za-z]/g, accent) };
  if (one.type !== TYPE.plural && one.type !== TYPE.select) return one;
  const options = Object.entries(one.options).map(([form, { value, ...rest }]) => [
    form,
    { ...rest, value: value.map(accented) },
  ]);
  return { ...one, options: Object.fromEntries(options) };
}

const PLAIN = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const ACCENTED = 'ÀƁÇÐÉƑĜĤÎĴĶĻṀÑÖƤɊŔŠŢÛṼŴẊÝŽàƀçðéƒĝĥîĵķļɱñöƥɋŕšţûṽŵẋýž';
const accent = (letter: string): string => [...ACCENTED][PLAIN.indexOf(letter)] ?? letter;
