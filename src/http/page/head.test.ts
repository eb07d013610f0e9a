import { expect, test } from 'vitest';
import { excerpt } from './head.ts';
import { createShell } from './shell.ts';

test('a long text ends with a whole word where it can', () => {
  expect(excerpt('Waves at night', 20)).toBe('Waves at night');
  expect(excerpt('Waves at night', 12)).toBe('Waves at…');
  expect(excerpt('x'.repeat(30), 10)).toBe(`${'x'.repeat(9)}…`);
  // Signs of two units are not cut in two.
  expect(excerpt('🌊'.repeat(30), 10)).toBe(`${'🌊'.repeat(9)}…`);
});

test('what goes into the page stands there as it is', () => {
  const shell = createShell('<html lang="en"><head><title>T</title></head><body>x</body></html>');
  const page = shell({
    language: 'ar',
    head: { html: "<title>$& $1 $'</title>$`" },
    isBehind: false,
  });
  expect(page).toBe(`<html lang="ar" dir="rtl"><head><title>$& $1 $'</title>$\`</head><body>x</body></html>`);
  expect(() => createShell('<html></html>')).toThrow(/no title/);
});
