import { readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, test } from 'vitest';
import { openApiDocument } from './openapi.ts';

const made = () => JSON.parse(JSON.stringify(openApiDocument('1.2.3', 'https://video.example')));

describe('the description of the API is one by the schema of OpenAPI 3.1', () => {
  test.each([
    ['as it is made', made],
    [
      'as it stands in docs',
      () => JSON.parse(readFileSync(new URL('../../docs/openapi.json', import.meta.url), 'utf8')),
    ],
  ])('%s', async (_name, document) => {
    const validator = new Validator();
    expect(await validator.validate(document())).toEqual({ valid: true });
    expect(validator.version).toBe('3.1');
  });

  test.each<[string, (document: ReturnType<typeof made>) => void]>([
    ['without a version of the API', (document) => delete document.info.version],
    [
      'with a parameter that is nowhere',
      (document) => {
        document.paths['/api/v1/statuses/{id}'].get.parameters[0].in = 'somewhere';
      },
    ],
    [
      'with an answer that says nothing of itself',
      (document) => delete document.paths['/api/v1/lists'].get.responses['200'].description,
    ],
    [
      'with a way to sign in that there is none of',
      (document) => {
        document.components.securitySchemes.bearer.type = 'handshake';
      },
    ],
  ])('and is none %s', async (_name, breakIt) => {
    const document = made();
    breakIt(document);
    expect((await new Validator().validate(document)).valid).toBe(false);
  });
});
