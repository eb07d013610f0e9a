import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { themeColours, themeOf, themeRadii, unreadableIn } from './theme.ts';

const css = readFileSync(new URL('../web/src/styles/tokens.css', import.meta.url), 'utf8');

test('what a theme may change is what the page has', () => {
  for (const [name, [light, dark]] of Object.entries(themeColours)) {
    expect(css).toContain(`--${name}: light-dark(${light}, ${dark});`);
  }
  for (const [name, radius] of Object.entries(themeRadii)) expect(css).toContain(`--${name}: ${radius}px;`);
});

test('tokens are read one a line, and what is no token is refused', () => {
  expect(themeOf('surface-0: #FFFFFF #000000\n\nradius-m: 6\nfont: serif')).toEqual({
    colours: new Map([['surface-0', ['#ffffff', '#000000']]]),
    radii: new Map([['radius-m', 6]]),
    font: 'serif',
  });
  expect(themeOf('')).toEqual({ colours: new Map(), radii: new Map(), font: null });
  for (const text of [
    ...[
      'surface-0: #ffffff',
      'surface-9: #ffffff #000000',
      'text: red blue',
      'radius-m: 99',
      'radius-m: 6px',
    ],
    ...['font: url(https://far.test/x)', 'accent: #ffffff #000000', 'toString: #ffffff #000000', 'text'],
    'text: #ffffff #000000 } body { display: none',
  ]) {
    expect(themeOf(text), text).toBeNull();
  }
});

test('colours that cannot be read are named, and those of the page can be', () => {
  const said = (text: string) =>
    unreadableIn(themeOf(text) ?? { colours: new Map(), radii: new Map(), font: null });
  expect(said('')).toBeNull();
  expect(said('surface-0: #ffffff #000000\ntext: #000000 #ffffff')).toBeNull();
  expect(said('text: #777777 #ffffff')).toBe(
    'text (#777777) on surface-0 (#fbfaf8) cannot be read on light pages: 4.3:1, and 7:1 is needed.',
  );
  expect(said('surface-1: #f2f0ec #888888')).toContain('on surface-1 (#888888) cannot be read on dark pages');
});
