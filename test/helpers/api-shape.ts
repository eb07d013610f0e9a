import { z } from 'zod';

type Json = Readonly<Record<string, unknown>>;

/** A check of the JSON Schemas in an OpenAPI document by an implementation that reads them, not by what wrote them. */
export function schemaChecker(document: { readonly components?: { readonly schemas?: object } }) {
  const local = (part: unknown): unknown =>
    JSON.parse(JSON.stringify(part).replaceAll('"#/components/schemas/', '"#/$defs/'));
  const $defs = local(document.components?.schemas ?? {});
  return (schema: object, value: unknown): string[] => {
    const whole = {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      ...(local(schema) as Json),
      $defs,
    };
    const outcome = z.fromJSONSchema(whole as Parameters<typeof z.fromJSONSchema>[0]).safeParse(value);
    return outcome.success
      ? []
      : outcome.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  };
}

/** Where two answers differ in their keys or in the kinds of their values. Null stands for any value that is not there. */
export function shapeDifferences(shown: unknown, real: unknown, at = 'answer'): string[] {
  if (shown === null || real === null) return [];
  if (Array.isArray(shown) && Array.isArray(real)) {
    if ((shown.length === 0) !== (real.length === 0))
      return [`${at}: ${shown.length} and ${real.length} items`];
    return real.flatMap((item, n) =>
      shapeDifferences(shown[Math.min(n, shown.length - 1)], item, `${at}.${n}`),
    );
  }
  if (typeof shown !== typeof real || Array.isArray(shown) !== Array.isArray(real))
    return [`${at}: other kinds`];
  if (typeof shown !== 'object') return [];
  const [one, two] = [shown as Json, real as Json];
  return [...new Set([...Object.keys(one), ...Object.keys(two)])].flatMap((key) => {
    if (!(key in one)) return [`${at}.${key}: is not shown`];
    if (!(key in two)) return [`${at}.${key}: is not answered`];
    return shapeDifferences(one[key], two[key], `${at}.${key}`);
  });
}
