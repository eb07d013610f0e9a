import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { scopes } from '../../modules/auth/model.ts';
import { openApiDocument } from '../openapi.ts';
import { routes } from './index.ts';

const nameOf = (route: (typeof routes)[number]) => `${route.method.toUpperCase()} ${route.path}`;
const parametersOf = (path: string) => [...path.matchAll(/:(\w+)/g)].map((match) => match[1]);

/** Ending one's own session needs no permission: whoever holds a token may always give it up. */
const WITHOUT_SCOPE = [
  'DELETE /api/v1/sessions/current',
  // The same for everybody.
  ...['GET /api/v2/instance', 'GET /api/v1/instance', 'GET /api/v1/instance/rules'],
  ...['GET /api/v1/instance/extended_description', 'GET /api/v1/instance/privacy_policy'],
  ...['GET /api/v1/instance/peers', 'GET /api/v1/instance/translation_languages'],
  ...['GET /api/v1/custom_emojis', 'GET /api/v1/algorithm'],
  // Before there is anybody.
  ...['POST /api/v1/accounts', 'POST /api/v1/sessions', 'POST /api/v1/apps'],
  'POST /api/v1/accounts/password_reset',
  'GET /api/v1/invites/:code',
  // The link that was mailed is all that is asked for: whoever is suspended cannot sign in.
  ...['GET /api/v1/decisions/:token', 'POST /api/v1/decisions/:token/appeal'],
  'POST /api/v1/decisions/:token/counter_notice',
  // Rights holders need no account; what they filed is reached by a link that was mailed.
  ...['POST /api/v1/claims', 'GET /api/v1/claims/:token', 'POST /api/v1/claims/:token/confirm'],
  ...['POST /api/v1/claims/:token/withdraw', 'POST /api/v1/claims/:token/court'],
  ...['POST /api/v1/passkeys/sign_in_options', 'POST /api/v1/passkeys/sign_in'],
  // About the app that has the token, whatever it may do.
  'GET /api/v1/apps/verify_credentials',
];
/** Whoever may upload needs to know when it is done; apps of the Mastodon API ask for nothing else to do that. */
const FOR_WRITERS = ['GET /api/v1/media/:id'];
/** Each of the staff has a way to work, whatever else they may do. */
const FOR_ALL_STAFF = ['GET /api/v1/admin/preferences', 'PATCH /api/v1/admin/preferences'];
/** Anybody may call these, and they change something: joining and signing in come before everything else. */
const OPEN_WRITES = [
  ...['POST /api/v1/accounts', 'POST /api/v1/sessions', 'POST /api/v1/apps'],
  'POST /api/v1/accounts/password_reset',
  ...['POST /api/v1/passkeys/sign_in_options', 'POST /api/v1/passkeys/sign_in'],
  ...['POST /api/v1/decisions/:token/appeal', 'POST /api/v1/decisions/:token/counter_notice'],
  ...['POST /api/v1/claims', 'POST /api/v1/claims/:token/confirm'],
  ...['POST /api/v1/claims/:token/withdraw', 'POST /api/v1/claims/:token/court'],
  // Views count whoever watches.
  'POST /api/v1/events',
];

describe('A4 the table of routes', () => {
  test.each(routes.map((route) => [nameOf(route), route] as const))(
    '%s declares what guards it',
    (name, route) => {
      expect(['anyone', 'signed-in', 'staff']).toContain(route.audience);
      if (WITHOUT_SCOPE.includes(name)) expect(route.scope).toBeNull();
      else expect(scopes).toContain(route.scope);
      if (route.audience === 'staff') expect(route.scope).toMatch(/^admin:/);
      if (FOR_ALL_STAFF.includes(name))
        expect([route.audience, route.permission]).toEqual(['staff', undefined]);
      else expect(route.permission !== undefined).toBe(route.audience === 'staff');
      if (route.scope?.startsWith('admin:')) expect(route.audience).toBe('staff');
      if (FOR_WRITERS.includes(name)) expect(route.scope).toBe('write:media');
      // `push` stands for reading and writing alike.
      else if (route.method === 'get')
        expect(route.scope ?? 'read').toMatch(/^(admin:)?read|^profile$|^push$/);
      else expect(route.scope ?? 'write').not.toMatch(/^(admin:)?read/);
      if (route.method !== 'get' && route.audience === 'anyone') expect(OPEN_WRITES).toContain(name);
      expect(route.path).toMatch(/^\/api\/v\d\/[a-z_]+(\/(:?[a-z_]+))*$/);
    },
  );

  test('leaves the paths free that apps of Loops ask', () => {
    const taken = routes.filter(({ path }) => /^\/api\/(v1\/(feed|video|account)\/|v0\/)/.test(path));
    expect(taken.map(nameOf)).toEqual([]);
  });

  test.each(routes.map((route) => [nameOf(route), route] as const))(
    '%s has a limit and a sentence',
    (_name, route) => {
      expect(route.limit.name).toMatch(/^[a-z-]+$/);
      expect(route.limit.points).toBeGreaterThan(0);
      expect(route.limit.points / route.limit.seconds).toBeLessThanOrEqual(20);
      expect(route.limit.seconds).toBeGreaterThan(0);
      expect(route.summary).toMatch(/^[A-Z].*\.$/);
    },
  );

  test.each(routes.map((route) => [nameOf(route), route] as const))(
    '%s checks each parameter of its path',
    (_name, route) => {
      const declared = route.params instanceof z.ZodObject ? Object.keys(route.params.shape) : [];
      expect(declared).toEqual(parametersOf(route.path));
    },
  );

  test('limits of one name are one limit', () => {
    const byName = new Map<string, object>();
    for (const { limit } of routes) {
      expect(limit).toEqual(byName.get(limit.name) ?? limit);
      byName.set(limit.name, limit);
    }
  });

  test('no route stands in the shade of one before it', () => {
    const seen: { method: string; pattern: RegExp }[] = [];
    for (const route of routes) {
      const shades = seen.filter(
        ({ method, pattern }) => method === route.method && pattern.test(route.path),
      );
      expect(shades, nameOf(route)).toEqual([]);
      seen.push({ method: route.method, pattern: new RegExp(`^${route.path.replace(/:\w+/g, '[^/]+')}$`) });
    }
  });
});

describe('the OpenAPI page', () => {
  const document = JSON.parse(JSON.stringify(openApiDocument('1.2.3', 'https://video.example')));

  test('lists exactly the routes', () => {
    const listed = Object.entries<object>(document.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
    );
    expect(listed.sort()).toEqual(routes.map(nameOf).sort());
  });

  test('has the parts that OpenAPI 3.1 asks for', () => {
    expect(document).toMatchObject({
      openapi: '3.1.0',
      info: { title: 'Vireo', version: '1.2.3' },
      servers: [{ url: 'https://video.example' }],
    });
    for (const [path, item] of Object.entries<Record<string, Operation>>(document.paths)) {
      for (const operation of Object.values(item)) {
        expect(operation.summary).toBeTruthy();
        expect(Object.keys(operation.responses)).toEqual(['200', 'default']);
        const names = (operation.parameters ?? []).filter((p) => p.in === 'path').map((p) => p.name);
        expect(names).toEqual([...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]));
        for (const parameter of operation.parameters ?? []) expect(parameter).toHaveProperty('schema');
      }
    }
  });

  test('says who must sign in, and how', () => {
    for (const route of routes) {
      const operation = document.paths[route.path.replace(/:(\w+)/g, '{$1}')][route.method];
      expect(operation.security).toEqual(
        route.audience === 'anyone' ? [] : [{ bearer: [] }, { session: [] }],
      );
    }
    expect(Object.keys(document.components.securitySchemes)).toEqual(['bearer', 'session']);
  });

  test('every reference leads somewhere, and every named schema is used', () => {
    const text = JSON.stringify(document);
    const used = new Set(
      [...text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map((match) => match[1]),
    );
    expect(
      [...text.matchAll(/"\$ref":"([^"]+)"/g)].every((match) => match[1]?.startsWith('#/components/')),
    ).toBe(true);
    expect([...used].sort()).toEqual(Object.keys(document.components.schemas).sort());
  });
});

interface Operation {
  readonly summary: string;
  readonly responses: object;
  readonly parameters?: { readonly in: string; readonly name: string }[];
}
