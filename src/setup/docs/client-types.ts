/** The part of JSON Schema that our own entities use. */
interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly description?: string;
}

/** TypeScript for the browser client: one interface per named entity of the API. */
export function clientTypes(schemas: Readonly<Record<string, unknown>>): string {
  const names = Object.keys(schemas).sort();
  const interfaces = names.map((name) => {
    const schema = schemas[name] as Schema;
    return `export interface ${name} ${objectType(schema, '')}\n`;
  });
  return `// Written by npm run docs from the route table in src/http/api; do not edit.\n\n${interfaces.join('\n')}`;
}

function objectType(schema: Schema, indent: string): string {
  const required = new Set(schema.required ?? []);
  const lines = Object.entries(schema.properties ?? {}).map(([name, property]) => {
    const comment = property.description ? `${indent}  /** ${property.description} */\n` : '';
    const key = /^\w+$/.test(name) ? name : `'${name}'`;
    const optional = required.has(name) ? '' : '?';
    return `${comment}${indent}  readonly ${key}${optional}: ${typeOf(property, `${indent}  `)};\n`;
  });
  return lines.length === 0 ? '{}' : `{\n${lines.join('')}${indent}}`;
}

function typeOf(schema: Schema, indent: string): string {
  if (schema.$ref) return schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  if (schema.anyOf) return schema.anyOf.map((one) => typeOf(one, indent)).join(' | ');
  return [schema.type ?? []]
    .flat()
    .map((type) => namedType(type, schema, indent))
    .join(' | ');
}

function namedType(type: string, schema: Schema, indent: string): string {
  switch (type) {
    case 'object':
      return objectType(schema, indent);
    case 'array': {
      const item = typeOf(schema.items ?? {}, indent);
      return `readonly ${item.includes(' ') && !item.startsWith('{') ? `(${item})` : item}[]`;
    }
    case 'integer':
      return 'number';
    default:
      return type;
  }
}
