import { describe, expect, test } from 'vitest';
import { schemaChecker } from '../../../test/helpers/api-shape.ts';
import { routes } from '../api/index.ts';
import { STATUS_OF_REASON } from '../errors.ts';
import { openApiDocument } from '../openapi.ts';
import { areaOf, areas } from './areas.ts';
import { curlOf } from './curl.ts';
import { addressOf, filled, readRecorded } from './example.ts';
import { examples } from './examples.ts';
import { referencePage, slug } from './page.ts';
import { withOwnRefusals } from './refusals.ts';

const origin = 'https://clips.test';
const document = openApiDocument('1.2.3', origin);
const page = referencePage({ server: 'Clips & <more>', origin, version: '1.2.3', document });
const nameOf = (route: (typeof routes)[number]) => `${route.method.toUpperCase()} ${route.path}`;
const names = routes.map(nameOf);
/** Beside the table of routes. */
const OTHERS = ['POST /oauth/token'];

describe('the reference for people', () => {
  test('has every route once, in a chapter', () => {
    expect(routes.filter((route) => areaOf(route) === null)).toEqual([]);
    expect(new Set(routes.map((route) => areaOf(route)?.name))).toEqual(
      new Set(areas.map(({ name }) => name)),
    );
    for (const { method, path } of routes) {
      expect(page.split(`id="${slug(`${method} ${path}`)}"`), path).toHaveLength(2);
    }
  });

  test('no two things have one id, and every link within leads somewhere', () => {
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]);
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
    const targets = [...page.matchAll(/href="#([^"]+)"/g)].map((match) => match[1]);
    expect(targets.filter((target) => !ids.includes(target))).toEqual([]);
    expect(targets.length).toBeGreaterThan(500);
  });

  test('runs nothing, asks nobody else, and shows names as text', () => {
    expect(page).not.toMatch(/<script|<style| style=| on\w+="|src="http|<link[^>]+href="http/);
    expect(page).toContain('Clips &amp; &lt;more&gt;');
  });

  test('names this server in its examples, and holds no token that ever counted', () => {
    expect(page).toContain(`curl &#39;${origin}/api/v2/instance&#39;`);
    expect(page).not.toContain('video.example');
    expect(JSON.stringify(readRecorded())).not.toMatch(/127\.0\.0|localhost/);
    const { values } = readRecorded();
    for (const name of ['token', 'bob_token', 'client_secret', 'code'])
      expect(values[name]).toMatch(/^[A-Z_]+$/);
  });

  test('refusals are those of routes that there are, and examples refuse with what is listed', () => {
    expect(withOwnRefusals.filter((name) => !names.includes(name))).toEqual([]);
    const { answers } = readRecorded();
    for (const { name, of, status } of examples.filter((example) => example.status >= 400)) {
      const { code } = answers[name] as { code: keyof typeof STATUS_OF_REASON };
      expect(STATUS_OF_REASON[code], name).toBe(status);
      const route = routes.find((one) => nameOf(one) === of);
      const start = page.indexOf(`id="${slug(`${route?.method} ${route?.path}`)}"`);
      expect(page.slice(start, page.indexOf('Example: ', start)), name).toContain(`#refusal-${code}`);
    }
  });
});

describe('examples', () => {
  test('are of routes that there are, each with a name of its own', () => {
    expect(examples.filter(({ of }) => !names.includes(of) && !OTHERS.includes(of))).toEqual([]);
    expect(new Set(examples.map(({ name }) => name)).size).toBe(examples.length);
  });

  test('stand in openapi.json, each as its schema says', () => {
    const problemsOf = schemaChecker(document);
    const contents: { schema: object; examples?: Record<string, { value: unknown }> }[] = [];
    const walk = (part: unknown): void => {
      if (typeof part !== 'object' || part === null) return;
      if ('schema' in part && 'examples' in part) contents.push(part as (typeof contents)[number]);
      for (const [key, inner] of Object.entries(part)) if (key !== 'examples') walk(inner);
    };
    walk(document.paths);
    const checked = contents.flatMap(({ schema, examples: shown = {} }) =>
      Object.entries(shown).map(([name, { value }]) => [name, ...problemsOf(schema, value)]),
    );
    expect(checked.filter(([, ...problems]) => problems.length > 0)).toEqual([]);
    const json = examples.filter(({ body }) => body && 'json' in body).length;
    expect(checked).toHaveLength(examples.length - OTHERS.length + json);
    expect(problemsOf({ $ref: '#/components/schemas/Status' }, { id: 1 })).not.toEqual([]);
  });

  test('are written for a shell as they are sent', () => {
    const example = {
      ...{
        name: 'x',
        title: 'x',
        of: 'POST /api/v1/x/:id',
        params: { id: '{{id}}' },
        query: { q: 'a b' },
        status: 200,
      },
      ...{ token: 'T', body: { json: { text: "it's" } } },
    };
    expect(addressOf(filled(example, { id: '7' }))).toBe('/api/v1/x/7?q=a+b');
    expect(curlOf(filled(example, { id: '7' }), origin)).toBe(
      [
        `curl 'https://clips.test/api/v1/x/7?q=a+b'`,
        `-H 'Authorization: Bearer T'`,
        `-H 'Content-Type: application/json'`,
        `-d '{"text":"it'\\''s"}'`,
      ].join(' \\\n  '),
    );
    expect(() => filled(example, {})).toThrow('keeps id');
  });
});
