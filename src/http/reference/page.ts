import { routes } from '../api/index.ts';
import { type Reason, STATUS_OF_REASON } from '../errors.ts';
import { type Html, html } from '../html.ts';
import type { openApiDocument } from '../openapi.ts';
import type { Route } from '../route.ts';
import { areaOf, areas } from './areas.ts';
import { exampleBlocks } from './example-blocks.ts';
import { introduction } from './introduction.ts';
import { meanings, refusalsOf } from './refusals.ts';
import { fieldList, fieldsOf, joined, marked, type Schema, typeWords } from './schema-words.ts';

interface Shown {
  readonly server: string;
  readonly origin: string;
  readonly version: string;
  readonly document: ReturnType<typeof openApiDocument>;
}

interface Operation {
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly schema: Schema;
    readonly description?: string;
  }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly responses: Readonly<
    Record<string, { readonly content: Readonly<Record<string, { readonly schema: Schema }>> }>
  >;
}

/** The whole reference as one page that runs nothing: from the table of routes, its schemas, and the examples. */
export function referencePage(shown: Shown): string {
  const chapters = areas.map((area) => ({
    ...area,
    id: slug(area.name),
    routes: routes.filter((route) => areaOf(route)?.name === area.name),
  }));
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>API · ${shown.server}</title>
<link rel="stylesheet" href="/api/docs/page.css">
<link rel="icon" href="/oauth/logo.svg">
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header><img src="/oauth/logo.svg" alt="" width="32" height="32"> <span>${shown.server}</span></header>
<nav aria-label="Contents">
<ul>
<li><a href="#start">Begin here</a></li>
${chapters.map(({ id, name, routes: { length } }) => html`<li><a href="#${id}">${name}</a> <span class="muted">${length}</span></li>\n`)}
<li><a href="#entities">Entities</a></li>
<li><a href="#refusals">Refusals</a></li>
</ul>
</nav>
<main id="main" tabindex="-1">
<h1>API</h1>
${introduction(shown)}
${chapters.map(
  ({ id, name, about, routes: own }) => html`<section aria-labelledby="${id}">
<h2 id="${id}">${name}</h2>
<p>${about}</p>
${own.map((route) => routeBlock(route, shown))}</section>
`,
)}
${entities(shown)}
${refusals()}
</main>
</body>
</html>
`;
  return page.html;
}

export function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}

function routeBlock(route: Route, shown: Shown): Html {
  const { method, path } = route;
  const operation = operationOf(route, shown);
  // The target is inside, so that a link to it opens the block.
  return html`<details>
<summary><h3><code><b class="method ${method}">${method.toUpperCase()}</b> ${path}</code></h3> <span>${marked(route.summary)}</span></summary>
<div class="route" id="${slug(`${method} ${path}`)}">
<ul class="facts">${facts(route).map((fact) => html`<li>${fact}</li>`)}</ul>
${parameters(operation, 'path', 'In the path')}
${parameters(operation, 'query', 'In the query')}
${requestBody(operation)}
<h4>Answer</h4>
<p>${answerOf(route, operation)}</p>
<h4>Refusals</h4>
${refusalsOfRoute(route)}
${exampleBlocks(`${method.toUpperCase()} ${path}`, shown.origin)}
</div>
</details>
`;
}

function operationOf({ method, path }: Route, { document }: Shown): Operation {
  const item = document.paths?.[path.replace(/:(\w+)/g, '{$1}')];
  const operation = item?.[method] as unknown as Operation | undefined;
  if (!operation) throw new Error(`${method} ${path} is not described.`);
  return operation;
}

function facts({ audience, scope, limit }: Route): Html[] {
  const who = { anyone: 'Anybody', 'signed-in': 'Anybody signed in', staff: 'Staff' }[audience];
  const token = audience === 'anyone' ? 'a token, where there is one, needs' : 'the token needs';
  const per = limit.seconds % 60 === 0 ? `${limit.seconds / 60} min` : `${limit.seconds} s`;
  return [
    scope === null ? html`${who}` : html`${who}; ${token} <code>${scope}</code>`,
    html`At most ${limit.points} in ${per} (limit <code>${limit.name}</code>)`,
  ];
}

function parameters({ parameters: all = [] }: Operation, place: string, title: string): Html {
  const own = all.filter((one) => one.in === place);
  if (own.length === 0) return html``;
  const fields = own.map(({ name, schema, required = false, description }) => ({
    ...{ name, isRequired: required },
    schema: description === undefined ? schema : { ...schema, description },
  }));
  return html`<h4>${title}</h4>
${fieldList(fields, 'required')}`;
}

function requestBody({ requestBody: body }: Operation): Html {
  if (!body) return html``;
  const types = Object.keys(body.content);
  const fields = body.content['multipart/form-data'] ?? body.content['application/json'];
  const isJson = 'application/json' in body.content;
  const named = isJson
    ? ['application/json', 'a form', ...types.filter((type) => !/json|form/.test(type))]
    : types;
  const names = joined(
    named.map((type) => (type.includes('/') ? html`<code>${type}</code>` : html`${type}`)),
    ', ',
  );
  return html`<h4>Body</h4>
<p>As ${names}.</p>
${fields ? fieldList(fieldsOf(fields.schema), 'required') : html``}`;
}

function answerOf(route: Route, { responses }: Operation): Html {
  const [content] = Object.values(responses['200']?.content ?? {});
  const schema = content?.schema ?? {};
  const words = html`${typeWords(schema)}`;
  const inline = fieldsOf(schema.items ?? schema);
  const fields = inline.length === 0 ? html`` : html`</p>${fieldList(inline, 'optional')}<p>`;
  if (route.event === undefined) return html`${words}${fields}`;
  return html`A stream of events named <code>${route.event}</code> (<code>text/event-stream</code>); the data of each: ${words}${fields}`;
}

function codeLink(code: Reason): Html {
  return html`<a href="#refusal-${code}"><code>${code}</code></a>`;
}

function refusalsOfRoute(route: Route): Html {
  const { usual, own } = refusalsOf(route);
  const list = own.map(
    (code) => html`<li>${STATUS_OF_REASON[code]} ${codeLink(code)}: ${marked(meanings[code])}</li>\n`,
  );
  return html`${own.length === 0 ? html`` : html`<ul>${list}</ul>`}
<p>${own.length === 0 ? 'The usual ones: ' : 'And the usual ones: '}${joined(usual.map(codeLink), ', ')}.</p>`;
}

function entities({ document }: Shown): Html {
  const schemas = Object.entries(document.components?.schemas ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return html`<section aria-labelledby="entities">
<h2 id="entities">Entities</h2>
<p>What answers consist of. Every field is there unless it is called optional; lists are never null.</p>
${schemas.map(
  ([name, schema]) => html`<details>
<summary><h3>${name}</h3></summary>
<div class="route" id="entity-${name}">
${fieldList(fieldsOf(schema as Schema), 'optional')}
</div>
</details>
`,
)}</section>
`;
}

function refusals(): Html {
  const codes = Object.entries(STATUS_OF_REASON).sort(([, a], [, b]) => a - b) as [Reason, number][];
  return html`<section aria-labelledby="refusals">
<h2 id="refusals">Refusals</h2>
<p>The codes, for programs. The sentence for people is in the answer.</p>
<dl>
${codes.map(
  ([
    code,
    status,
  ]) => html`<dt id="refusal-${code}"><code>${code}</code> <span class="type">${status}</span></dt>
<dd>${marked(meanings[code])}</dd>
`,
)}</dl>
</section>
`;
}
