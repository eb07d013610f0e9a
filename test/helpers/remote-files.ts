import type { ServerResponse } from 'node:http';
import type { SeenRequest } from './remote-http.ts';

/** A file of another server, or an answer of its own making. */
export type RemoteFile = string | Buffer | ((request: SeenRequest, response: ServerResponse) => void);

/** Answers GET for these files by their path, with ranges as a static file server has them; 404 for others. */
export function serveFiles(files: ReadonlyMap<string, RemoteFile>) {
  return (request: SeenRequest, response: ServerResponse): void => {
    const file = files.get(new URL(request.path, 'http://remote').pathname);
    if (file === undefined) {
      response.writeHead(404).end();
      return;
    }
    if (typeof file === 'function') {
      file(request, response);
      return;
    }
    const body = Buffer.from(file);
    const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
    if (first === undefined) {
      response.writeHead(200, { 'accept-ranges': 'bytes', 'content-length': body.length }).end(body);
      return;
    }
    const start = Number(first);
    const end = last ? Math.min(Number(last), body.length - 1) : body.length - 1;
    if (start > end) {
      response.writeHead(416, { 'content-range': `bytes */${body.length}` }).end();
      return;
    }
    response.writeHead(206, {
      'content-range': `bytes ${start}-${end}/${body.length}`,
      'content-length': end - start + 1,
    });
    response.end(body.subarray(start, end + 1));
  };
}
