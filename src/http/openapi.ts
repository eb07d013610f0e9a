import { z } from 'zod';
import { createDocument, type ZodOpenApiPathsObject } from 'zod-openapi';
import { routes } from './api/index.ts';
import { areaOf, areas } from './reference/areas.ts';
import { shownExamples } from './reference/example-objects.ts';
import type { Route } from './route.ts';

const errorSchema = z
  .object({
    error: z.string().describe('Sentence for people'),
    detail: z.string().describe('The same sentence'),
    status: z.number().int(),
    code: z.string().describe('Stable word for programs'),
    details: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: 'ErrorBody' });

/** The OpenAPI 3.1 description of every declared route. */
export function openApiDocument(version: string, origin: string) {
  const paths: ZodOpenApiPathsObject = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method]: operation(route) };
  }
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Vireo',
      version,
      license: { name: 'AGPL-3.0-or-later', identifier: 'AGPL-3.0-or-later' },
    },
    servers: [{ url: origin }],
    tags: areas.map(({ name, about }) => ({ name, description: about })),
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        session: { type: 'apiKey', in: 'cookie', name: 'vireo-session' },
      },
    },
    paths,
  });
}

type Shown = ReturnType<typeof shownExamples>;

function bodiesOf({ body, file, fileParts }: Route, examples: Shown['bodies']) {
  const binary = { schema: { type: 'string' as const, format: 'binary' } };
  return {
    ...(body ? { 'application/json': { schema: body, ...examples } } : {}),
    ...(fileParts ? { 'multipart/form-data': { schema: formSchema(body, fileParts) } } : {}),
    ...Object.fromEntries((file?.types ?? []).map((type) => [type, binary])),
  };
}

/** The fields of the body, and the files beside them. */
function formSchema(body: Route['body'], fileParts: NonNullable<Route['fileParts']>) {
  const files = z.object(
    Object.fromEntries(
      Object.keys(fileParts).map((name) => [
        name,
        z
          .string()
          .meta({ override: { type: 'string', format: 'binary' } })
          .optional(),
      ]),
    ),
  );
  return body ? body.and(files) : files;
}

function answerTypeOf({ event, contentType }: Route): string {
  return event === undefined ? (contentType ?? 'application/json') : 'text/event-stream';
}

function operation(route: Route) {
  const examples = shownExamples(`${route.method.toUpperCase()} ${route.path}`);
  const tag = areaOf(route)?.name;
  const security = route.audience === 'anyone' ? [] : [{ bearer: [] }, { session: [] }];
  return {
    summary: route.summary,
    ...(tag === undefined ? {} : { tags: [tag] }),
    ...(route.scope ? { description: `Scope: \`${route.scope}\`.` } : {}),
    security,
    requestParams: {
      ...(route.params ? { path: route.params as z.ZodObject } : {}),
      ...(route.query ? { query: route.query as z.ZodObject } : {}),
    },
    ...(route.body || route.file || route.fileParts
      ? { requestBody: { content: bodiesOf(route, examples.bodies) } }
      : {}),
    responses: {
      '200': {
        description: route.event ? `Events named \`${route.event}\`, with this as their data.` : 'Done.',
        content: {
          [answerTypeOf(route)]: {
            schema: route.output,
            ...examples.answers,
          },
        },
      },
      default: {
        description: 'Refused.',
        content: { 'application/json': { schema: errorSchema, ...examples.refusals } },
      },
    },
  };
}
