import type { IncomingMessage, ServerResponse } from 'node:http';

/** A page that shows a clip asks for its comments, too: on the fake server there are none, and none ever come. */
export function answerComments(request: IncomingMessage, response: ServerResponse, path: string): boolean {
  if (request.method === 'GET' && /^\/api\/v1\/videos\/\d+\/comments$/.test(path)) {
    response.writeHead(200, { 'content-type': 'application/json' }).end('[]');
    return true;
  }
  if (path !== '/api/v1/streaming/video/comments') return false;
  response.writeHead(200, { 'content-type': 'text/event-stream' }).write(':)\n\n');
  return true;
}
