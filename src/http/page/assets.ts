import { existsSync, readdirSync } from 'node:fs';
import { extname } from 'node:path';
import express, { type RequestHandler } from 'express';

/** Best first, with the ending of the files that the build made of it (web/compressed.ts). */
const ENCODINGS = { br: '.br', gzip: '.gz' } as const;

/** The hashed files of the built page, which never change: compressed where the build did so and the browser reads it. */
export function serveAssets(folder: string): RequestHandler {
  const names = new Set(existsSync(folder) ? readdirSync(folder) : []);
  const files = express.static(folder, {
    ...{ immutable: true, maxAge: '1y', index: false, redirect: false },
    setHeaders(res, path) {
      const [encoding] = Object.entries(ENCODINGS).find(([, ending]) => path.endsWith(ending)) ?? [];
      if (encoding === undefined) return;
      // Of what is inside.
      res.setHeader('Content-Encoding', encoding);
      res.type(extname(path.slice(0, path.lastIndexOf('.'))));
    },
  });
  return (req, res, next) => {
    const name = req.path.slice(1);
    const made = Object.entries(ENCODINGS).filter(([, ending]) => names.has(`${name}${ending}`));
    if (made.length > 0) {
      res.vary('Accept-Encoding');
      const wanted = req.acceptsEncodings(made.map(([encoding]) => encoding));
      const [, ending] = made.find(([encoding]) => encoding === wanted) ?? [];
      if (ending !== undefined) req.url = `/${name}${ending}`;
    }
    files(req, res, next);
  };
}
