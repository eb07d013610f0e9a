import { type IncomingHttpHeaders, request as overHttp } from 'node:http';
import { request as overHttps } from 'node:https';

export interface Asked {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The other side asked for the body that was announced. */
  readonly wantsBody: boolean;
}

export interface Question {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Announces a body of so many bytes and waits to be asked for it; none is sent. */
  readonly announcedBytes?: number;
}

const TIMEOUT_MS = 10_000;
const MOST_BYTES = 200_000;

/**
 * Asks the own server, or the own object store, as somebody outside does. Not through the guarded fetch layer: that one
 * keeps away from private addresses, and the own server may well have one.
 */
export function ask(url: string, question: Question = {}): Promise<Asked> {
  const { method = 'GET', headers = {}, announcedBytes } = question;
  const announced =
    announcedBytes === undefined
      ? {}
      : {
          expect: '100-continue',
          'content-length': String(announcedBytes),
          'content-type': 'application/offset+octet-stream',
        };
  const send = url.startsWith('https:') ? overHttps : overHttp;
  return new Promise((resolve, reject) => {
    const sent = send(url, { method, headers: { ...headers, ...announced }, agent: false }, (answer) => {
      let body = '';
      answer.setEncoding('utf8');
      answer.on('data', (part: string) => {
        if (body.length < MOST_BYTES) body += part;
      });
      answer.on('end', () => {
        sent.destroy();
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body, wantsBody: false });
      });
      answer.on('error', reject);
    });
    sent.setTimeout(TIMEOUT_MS, () => sent.destroy(new Error('There was no answer in time.')));
    sent.on('error', reject);
    if (announcedBytes === undefined) {
      sent.end();
      return;
    }
    sent.on('continue', () => {
      resolve({ status: 100, headers: {}, body: '', wantsBody: true });
      sent.destroy();
    });
    sent.flushHeaders();
  });
}
