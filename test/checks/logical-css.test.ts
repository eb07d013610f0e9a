import { globSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** What names a side of the screen, where it should name the beginning or the end of a line. */
const PHYSICAL = [
  /^(left|right):/,
  /^(margin|padding|border|scroll-margin|scroll-padding|inset)-(left|right)\b/,
  /^border-(top|bottom)-(left|right)-radius:/,
  /^(text-align|float|clear|justify-content|justify-items|justify-self):\s*(left|right)\b/,
  /translateX\(|translate3d\(/,
];

/** A stated exception: `/* physical: why` in the line above, or in the same one. */
const EXCEPTION = /\/\* physical: \S/;

/** Declarations that name a side, as `file:line declaration`. */
function physicalIn(css: string, file: string): string[] {
  const lines = css.split('\n');
  return lines.flatMap((line, at) => {
    const declaration = line.trim();
    const isPhysical = PHYSICAL.some((rule) => rule.test(declaration)) || hasTwoSides(declaration);
    const isStated = [line, lines[at - 1] ?? ''].some((one) => EXCEPTION.test(one));
    return isPhysical && !isStated ? [`${file}:${at + 1} ${declaration}`] : [];
  });
}

/** Whether a declaration for four sides, or for a way along the line, is another one when it is mirrored. */
function hasTwoSides(declaration: string): boolean {
  const [, name = '', value = ''] = /^([a-z-]+):\s*(.*?);/.exec(declaration) ?? [];
  const parts = partsOf(value);
  if (name === 'translate') return !/^(0|none|-?50%)$/.test(parts[0] ?? '');
  if (/^(inset|margin|padding|border-(width|style|color)|scroll-(margin|padding))$/.test(name)) {
    return parts.length === 4 && parts[1] !== parts[3];
  }
  if (name !== 'border-radius') return false;
  const [topLeft, topRight = topLeft, bottomRight = topLeft, bottomLeft = topRight] = parts;
  return topLeft !== topRight || bottomLeft !== bottomRight;
}

/** The parts of a value; what is between brackets is one. */
const partsOf = (value: string): string[] =>
  value.match(/(?:[^\s(]*\((?:[^()]|\([^()]*\))*\)|[^\s()]+)+/g) ?? [];

test('styles of the page know the beginning and the end of a line, and no left and right', () => {
  const files = ['web/src/**/*.css', 'src/http/**/*.css'].flatMap((where) => globSync(join(root, where)));
  expect(files.length).toBeGreaterThan(50);
  const found = files.flatMap((file) => physicalIn(readFileSync(file, 'utf8'), relative(root, file)));
  expect(found).toEqual([]);
});

test.each([
  'left: 0;',
  'margin-left: 4px;',
  'border-left: 1px solid;',
  'border-top-left-radius: 4px;',
  'text-align: right;',
  'transform: translateX(4px);',
  'translate: -100% 0;',
  'padding: 0 4px 0 8px;',
  'inset: 50% auto auto 50%;',
  'margin: 0 calc(var(--a) + 1px) 0 var(--a);',
  'border-radius: 4px 0 0 4px;',
])('%s names a side', (declaration) => {
  expect(physicalIn(`.a {\n  ${declaration}\n}`, 'a')).toHaveLength(1);
  expect(physicalIn(`.a {\n  /* physical: a map */\n  ${declaration}\n}`, 'a')).toEqual([]);
});

test.each([
  'margin-inline-start: 4px;',
  'inset: auto 0 0;',
  'padding: 1px 2px 3px 2px;',
  'border-radius: 18px 18px 0 0;',
  'text-align: start;',
  'translate: -50% -50%;',
  'inset-inline-end: 0;',
])('%s does not', (declaration) => {
  expect(physicalIn(`.a {\n  ${declaration}\n}`, 'a')).toEqual([]);
});
