import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { expect } from 'vitest';
import type { Context } from '../../src/context.ts';
import type { Finish, JobRun } from '../../src/jobs/registry.ts';
import { jobRun } from './job-run.ts';

/** A message as it came over the wire. */
export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly raw: string;
  readonly header: (name: string) => string | null;
  /** The part that is plain text, decoded. */
  readonly text: string;
  /** The other one. */
  readonly html: string;
}

type Hold = (() => Promise<void>) | null;
type Refusal = { readonly status: number; readonly message: string } | null;

/** A real mail server on loopback. What it refuses, and how, may be set. */
export async function startMailServer(
  options: {
    readonly login?: { readonly user: string; readonly password: string };
    readonly tls?: boolean;
  } = {},
) {
  const { login, tls = false } = options;
  const received: ReceivedMail[] = [];
  const answers = { onRecipient: null as Refusal, onMessage: null as Refusal };
  /** What is waited for before a recipient is taken, and before a message that came whole is answered. */
  const holds = { recipient: null as Hold, answer: null as Hold };
  const refuse = ({ status, message }: NonNullable<Refusal>) =>
    Object.assign(new Error(message), { responseCode: status });
  const server = new SMTPServer({
    ...(login === undefined ? { authOptional: true } : { allowInsecureAuth: true }),
    disabledCommands: tls ? [] : ['STARTTLS'],
    onAuth: (auth, _session, done) => {
      const fits = auth.username === login?.user && auth.password === login?.password;
      if (fits) done(null, { user: 1 });
      else done(Object.assign(new Error('5.7.8 No such login'), { responseCode: 535 }));
    },
    onRcptTo: async (_address, _session, done) => {
      await holds.recipient?.();
      done(answers.onRecipient ? refuse(answers.onRecipient) : null);
    },
    onData: (stream, session, done) => {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', async () => {
        if (answers.onMessage) return done(refuse(answers.onMessage));
        const { mailFrom, rcptTo } = session.envelope;
        const from = mailFrom === false ? '' : mailFrom.address;
        const to = rcptTo.map(({ address }) => address);
        received.push(parsed(from, to, Buffer.concat(parts).toString('utf8')));
        await holds.answer?.();
        done();
      });
    },
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.server.address() as AddressInfo;
  return {
    port,
    received,
    answers,
    holds,
    /** Variables with which a server of ours uses it. */
    variables: {
      SMTP_HOST: '127.0.0.1',
      SMTP_PORT: String(port),
      SMTP_TLS: 'none',
      MAIL_FROM: 'Vireo <vireo@video.test>',
    },
    /** The newest message to somebody, once it is there. */
    async mailTo(address: string, subject = /./): Promise<ReceivedMail> {
      const found = () =>
        received.findLast((mail) => mail.to.includes(address) && subject.test(mail.header('Subject') ?? ''));
      await expect.poll(found, { timeout: 20_000 }).toBeDefined();
      return found() as ReceivedMail;
    },
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

export type MailServer = Awaited<ReturnType<typeof startMailServer>>;

/** Where the first link of a message that leads to a page leads. */
export function linkIn({ text }: ReceivedMail, page: string): URL {
  const link = text.split(/\s+/).find((word) => URL.canParse(word) && new URL(word).pathname === page);
  if (link === undefined) throw new Error(`The mail has no link to ${page}:\n${text}`);
  return new URL(link);
}

function parsed(from: string, to: readonly string[], raw: string): ReceivedMail {
  const [head = '', ...rest] = raw.split('\r\n\r\n');
  const header = (name: string) => headerOf(head, name);
  const boundary = /boundary="([^"]+)"/.exec(header('Content-Type') ?? '')?.[1] ?? '\0';
  const parts = rest.join('\r\n\r\n').split(`--${boundary}`);
  const part = (type: string) => {
    const found = parts.find((one) => one.includes(`Content-Type: ${type}`)) ?? '';
    const [own = '', ...body] = found.split('\r\n\r\n');
    return decoded(body.join('\r\n\r\n'), headerOf(own, 'Content-Transfer-Encoding'));
  };
  return { from, to, raw, header, text: part('text/plain'), html: part('text/html') };
}

/** Unfolded (RFC 5322 2.2.3), with its encoded words read (RFC 2047). */
function headerOf(head: string, name: string): string | null {
  const lines = head.replace(/\r\n[ \t]+/g, ' ').split('\r\n');
  const line = lines.find((one) => one.toLowerCase().startsWith(`${name.toLowerCase()}:`));
  return (
    line
      ?.slice(name.length + 1)
      .trim()
      .replace(/\?= =\?/g, '?==?')
      .replace(/=\?UTF-8\?([QB])\?([^?]*)\?=/gi, (_, kind: string, word: string) =>
        kind.toUpperCase() === 'B'
          ? Buffer.from(word, 'base64').toString('utf8')
          : decoded(word.replaceAll('_', ' '), 'quoted-printable'),
      ) ?? null
  );
}

function decoded(body: string, encoding: string | null): string {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString('utf8');
  if (encoding !== 'quoted-printable') return body;
  const bytes = body
    .replace(/=\r\n/g, '')
    .replace(/(?:=[0-9A-F]{2})+/g, (run) => Buffer.from(run.replaceAll('=', ''), 'hex').toString('utf8'));
  return bytes;
}

/** Runs every job about mail that waits, those that they add included, as a worker does; due now or later. */
export async function workMail({ db, handlers, inTx }: Context): Promise<void> {
  for (;;) {
    const job = await db('jobs').whereLike('name', 'mail.%').orderBy('id').first();
    if (!job) return;
    const work = handlers[job.name as 'mail.send'] as (
      payload: never,
      run: JobRun,
    ) => Promise<Finish | undefined>;
    const finish = await work(job.payload as never, jobRun());
    await inTx(async (tx) => {
      await tx('jobs').where({ id: job.id }).delete();
      await finish?.(tx);
    });
  }
}
