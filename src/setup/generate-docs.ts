import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { openApiDocument } from '../http/openapi.ts';
import { cliPage } from './docs/cli.ts';
import { clientTypes } from './docs/client-types.ts';
import { configurationPage } from './docs/configuration.ts';
import { federationPage } from './docs/federation.ts';

/**
 * Writes what is generated from the code: the table of variables, the OpenAPI description, the types of the web
 * client, and the tables of what is sent to and accepted from other servers. With `--check` it writes nothing and fails where a file is out of date.
 */
const root = new URL('../../', import.meta.url);
const api = openApiDocument('0', 'https://video.example');
const files: Readonly<Record<string, string>> = {
  'FEDERATION.md': federationPage(read(new URL('FEDERATION.md', root)) ?? ''),
  'docs/cli.md': cliPage(),
  'docs/configuration.md': configurationPage(),
  'docs/openapi.json': `${JSON.stringify(api, null, 2)}\n`,
  'web/src/api/schema.gen.ts': clientTypes(api.components?.schemas ?? {}),
};

const isCheck = process.argv.includes('--check');
for (const [name, content] of Object.entries(files)) {
  const url = new URL(name, root);
  if (read(url) === content) continue;
  if (isCheck) {
    process.stderr.write(`${name} is out of date: run npm run docs.\n`);
    process.exitCode = 1;
  } else {
    writeFileSync(url, content);
    process.stdout.write(`${name} written.\n`);
  }
}

function read(url: URL): string | null {
  try {
    return readFileSync(fileURLToPath(url), 'utf8');
  } catch {
    return null;
  }
}
