import { openAsBlob } from 'node:fs';
import { basename } from 'node:path';
import { Agent, FormData, request as send } from 'undici';
import { type Ok, ok } from '../result.ts';
import { startDeadline } from './deadline.ts';
import { type FetchFailure, toFetchFailure } from './fetch-failure.ts';
import { dropRest, type Response, readBody } from './response-body.ts';

/** What is sent to a service that the admin runs or has chosen. */
interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly maxBytes: number;
  readonly deadlineMs: number;
  readonly signal?: AbortSignal;
}

/** A form with one file. */
export interface FormPost extends Post {
  readonly fields: Readonly<Record<string, string>>;
  /** Sent last, as the field `file`, read from the disk while it is sent. */
  readonly file: { readonly path: string; readonly contentType: string };
}

/** A text, whose kind the headers say. */
export interface TextPost extends Post {
  readonly body: string;
}

/** A question that is not one form or text: a service that is asked often, so that connections stay open. */
export interface ServiceQuestion extends Post {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly body?: string;
}

/** `status` is whatever the service answered; only the absence of an answer is a failure. */
export interface FormAnswer {
  readonly status: number;
  /** Read up to the cap where the status is 200; else empty, and left unread, but for what `ask` gives. */
  readonly body: Buffer;
}

export interface FormPoster {
  post(form: FormPost): Promise<Ok<FormAnswer> | FetchFailure>;
  postText(text: TextPost): Promise<Ok<FormAnswer> | FetchFailure>;
  /** Reads the answer up to the cap whatever its status is: why something was refused stands in it. */
  ask(question: ServiceQuestion): Promise<Ok<FormAnswer> | FetchFailure>;
  /** Breaks all connections. */
  close(): Promise<void>;
}

/**
 * Posts forms and texts to addresses of the configuration, and to those alone. They are the admin's own choice and mostly
 * private ones (a service on the next machine), so they are not vetted as addresses that strangers name are (see
 * `createVettedAgent`). For the same reason no redirect is followed: where it leads, nobody has chosen.
 */
export function createFormPoster(limits: {
  readonly connectMs: number;
  readonly maxHeaderBytes: number;
}): FormPoster {
  const dispatcher = new Agent({
    connect: { timeout: limits.connectMs },
    maxHeaderSize: limits.maxHeaderBytes,
    pipelining: 1,
    // Such a service is silent until it is done: the deadline of the whole bounds both.
    ...{ headersTimeout: 0, bodyTimeout: 0 },
  });
  async function post(what: Post, bodyOf: () => FormData | string | Promise<FormData>) {
    return exchange(what, { method: 'POST', reset: true, readsAll: false }, bodyOf);
  }
  async function exchange(
    what: Post,
    how: { readonly method: ServiceQuestion['method']; readonly reset: boolean; readonly readsAll: boolean },
    bodyOf: () => FormData | string | null | Promise<FormData>,
  ) {
    const { method, reset, readsAll } = how;
    const deadline = startDeadline(what.deadlineMs, what.signal);
    let response: Response | undefined;
    try {
      response = await send(what.url, {
        ...{ dispatcher, method, signal: deadline.signal, reset },
        headers: { ...what.headers, 'accept-encoding': 'identity' },
        body: await bodyOf(),
      });
      const { statusCode: status } = response;
      if (status !== 200 && !readsAll) return ok({ status, body: Buffer.alloc(0) });
      return ok({ status, body: await readBody(response, what.maxBytes, deadline.signal) });
    } catch (error) {
      return toFetchFailure(error, deadline.signal, response !== undefined);
    } finally {
      deadline.stop();
      if (response) dropRest(response);
    }
  }

  return {
    post: (form) => post(form, () => formOf(form)),
    postText: (text) => post(text, () => text.body),
    ask: (question) =>
      exchange(
        question,
        { method: question.method, reset: false, readsAll: true },
        () => question.body ?? null,
      ),
    close: () => dispatcher.destroy(),
  };
}

async function formOf({ fields, file }: FormPost): Promise<FormData> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  form.set('file', await openAsBlob(file.path, { type: file.contentType }), basename(file.path));
  return form;
}
