import { type Dispatcher, Pool } from 'undici';
import type { Route } from '../../src/http/route.ts';
import type { Person } from './people.ts';

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly code: string | undefined;
  readonly cacheControl: string;
}

export interface Question {
  readonly as?: Pick<Person, 'token'> | undefined;
  /** An object is sent as JSON, a text as it is. */
  readonly body?: object | string | undefined;
  readonly type?: string | undefined;
}

/** Asks a server thousands of questions over a few connections. Close it in the end. */
export function createAsker(origin: string) {
  // Paths go out as they are given; `fetch` would straighten them.
  const pool = new Pool(origin, { connections: 16 });
  async function ask(method: Route['method'], path: string, { as: who, body, type }: Question = {}) {
    const headers: Record<string, string> = {};
    if (who) headers.Authorization = `Bearer ${who.token}`;
    if (body !== undefined) headers['Content-Type'] = type ?? 'application/json';
    const answer = await pool.request({
      ...{ method: method.toUpperCase() as Dispatcher.HttpMethod, path, headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const header = (name: string) => String(answer.headers[name] ?? '');
    // A stream has no end to wait for.
    const isStream = header('content-type').startsWith('text/event-stream');
    const text = isStream ? '' : await answer.body.text();
    if (isStream) answer.body.on('error', () => undefined).destroy();
    const cacheControl = header('cache-control');
    return { status: answer.statusCode, text, code: codeOf(text), cacheControl } satisfies Answer;
  }

  return { ask, close: () => pool.destroy() };
}

function codeOf(text: string): string | undefined {
  try {
    return JSON.parse(text)?.code;
  } catch {
    return undefined;
  }
}
