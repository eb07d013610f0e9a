import { type Html, html } from '../html.ts';

/** The part of JSON Schema that the generated description uses. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly description?: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly format?: string;
}

interface Field {
  readonly name: string;
  readonly schema: Schema;
  readonly isRequired: boolean;
}

/** The fields of an input or of an entity, each with its type and what is said of it. */
export function fieldList(fields: readonly Field[], says: 'required' | 'optional'): Html {
  const rows = fields.map(({ name, schema, isRequired }) => {
    const isTold = isRequired === (says === 'required');
    return html`<dt><code>${name}</code> <span class="type">${typeWords(schema)}${isTold ? html`, <b>${says}</b>` : html``}</span></dt>
<dd>${describedBy(schema)}${nested(schema, says)}</dd>
`;
  });
  return html`<dl>${rows}</dl>`;
}

export function fieldsOf(schema: Schema): Field[] {
  if (schema.allOf) return schema.allOf.flatMap(fieldsOf);
  const required = new Set(schema.required ?? []);
  return Object.entries(schema.properties ?? {}).map(([name, field]) => ({
    ...{ name, schema: field, isRequired: required.has(name) },
  }));
}

/** What a value is, in words; entities lead to where they are described. */
export function typeWords(schema: Schema): Html {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1);
    return html`<a href="#entity-${name}">${name}</a>`;
  }
  if (schema.anyOf) return joined(alternatives(schema).map(typeWords), ' or ');
  if (schema.const !== undefined) return html`<code>${JSON.stringify(schema.const)}</code>`;
  if (schema.enum)
    return joined(
      schema.enum.map((value) => html`<code>${String(value)}</code>`),
      ' or ',
    );
  const types = [schema.type ?? 'anything'].flat();
  return joined(
    types.map((type) => plainType(type, schema)),
    ' or ',
  );
}

function plainType(type: string, schema: Schema): Html {
  if (type === 'null') return html`null`;
  if (type === 'array') return schema.items ? html`list of ${typeWords(schema.items)}` : html`list`;
  if (type === 'object' && typeof schema.additionalProperties === 'object' && !schema.properties) {
    return html`object with ${typeWords(schema.additionalProperties)} by key`;
  }
  if (type === 'string') return schema.format === 'binary' ? html`file` : html`text`;
  return html`${type}`;
}

/** Forms write everything as text: that they may is said once, not at every field. */
function alternatives({ anyOf = [] }: Schema): Schema[] {
  const flat = anyOf.flatMap((one) => (one.anyOf ? alternatives(one) : [one]));
  const isOtherThanText = flat.some(({ type }) => type === 'boolean' || type === 'number');
  const kept = flat.filter(
    (one) => one.const !== '' && !(isOtherThanText && one.type === 'string' && one.description === undefined),
  );
  const known = new Set<string>();
  return kept.filter((one) => {
    const { description: _, ...rest } = one;
    const text = JSON.stringify(rest.type === 'string' && !rest.enum ? { type: 'string' } : rest);
    return known.size !== known.add(text).size;
  });
}

function describedBy(schema: Schema): Html {
  const bounds = boundsOf(schema).join(', ');
  const text = schema.description?.replace(/([^.!?])$/, '$1.') ?? '';
  const parts = [marked(text), bounds === '' ? html`` : html`${capital(bounds)}.`];
  return joined(
    parts.filter((part) => part.html !== ''),
    ' ',
  );
}

function boundsOf(schema: Schema): string[] {
  const inner = schema.anyOf ? alternatives(schema).flatMap(boundsOf) : [];
  return [
    ...(schema.minLength ? [`at least ${schema.minLength} characters`] : []),
    ...(schema.maxLength === undefined ? [] : [`at most ${schema.maxLength} characters`]),
    ...(schema.maxItems === undefined ? [] : [`at most ${schema.maxItems} of them`]),
    ...(schema.minimum === undefined || schema.minimum <= -1e15 ? [] : [`from ${schema.minimum}`]),
    ...(schema.maximum === undefined || schema.maximum >= 9e15 ? [] : [`up to ${schema.maximum}`]),
    ...(schema.default === undefined ? [] : [`${JSON.stringify(schema.default)} where it is not given`]),
    ...inner,
  ];
}

/** Objects without a name are described where they stand. */
function nested(schema: Schema, says: 'required' | 'optional'): Html {
  const inner = schema.anyOf ? alternatives(schema).map((one) => one.items ?? one) : [schema.items ?? schema];
  const fields = inner.flatMap(fieldsOf);
  return fields.length === 0 ? html`` : fieldList(fields, says);
}

/** Text in which backticks mark code, as in the declarations. */
export function marked(text: string): Html {
  return joined(
    text.split('`').map((part, at) => (at % 2 === 1 ? html`<code>${part}</code>` : html`${part}`)),
    '',
  );
}

export function joined(parts: readonly Html[], between: string): Html {
  return html`${parts.map((part, at) => (at === 0 ? part : html`${between}${part}`))}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
