import { gzipSync } from 'node:zlib';
import type { IRouter } from 'express';
import type { HttpDeps } from '../deps.ts';
import { openApiDocument } from '../openapi.ts';
import { pageStyle } from '../page-style.ts';
import { referencePage } from './page.ts';

const POLICY =
  "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

/** The API described for programs and for people. Both are made once, when somebody first asks. */
export function mountReference(app: IRouter, deps: HttpDeps): void {
  const { version, config } = deps;
  const document = once(() => openApiDocument(version, config.origin));
  const page = once(() => {
    const shown = { version, origin: config.origin, server: config.instance.name, document: document() };
    const plain = Buffer.from(referencePage(shown));
    return { plain, packed: gzipSync(plain) };
  });
  const style = pageStyle(new URL('page.css', import.meta.url), config);
  app.get('/api/openapi.json', (_req, res) => {
    res.json(document());
  });
  app.get('/api/docs', (req, res) => {
    res.set('Content-Security-Policy', POLICY).set('Cache-Control', 'public, max-age=300');
    res.type('html').vary('Accept-Encoding');
    if (!req.acceptsEncodings('gzip')) return void res.send(page().plain);
    res.set('Content-Encoding', 'gzip').send(page().packed);
  });
  app.get('/api/docs/page.css', (_req, res) => {
    res.set('Cache-Control', 'public, max-age=3600').type('css').send(style());
  });
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
