import { z } from 'zod';
import { mailLimits } from '../../../config/mail-limits.ts';
import type { Db, Tx } from '../../db/database.ts';
import { deleteInBatches } from '../../db/sweep.ts';
import type { Enqueue } from '../../jobs/enqueue.ts';
import type { Finish, JobPayload } from '../../jobs/registry.ts';
import type { Clock } from '../../lib/clock.ts';
import { openSecret, purposeKey, type Seal, sealSecret, sha256 } from '../../lib/crypto.ts';
import type { AccountId, IdSource, MailId } from '../../lib/ids.ts';
import type { Logger } from '../../lib/log.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import { type Letter, renderLetter } from './letter.ts';
import { createMailTransport, type MailSettings, type Message } from './transport.ts';

export { type Letter, oneLine } from './letter.ts';
export { createMailTransport, type MailSettings } from './transport.ts';

export type Mail = ReturnType<typeof createMail>;

interface MailDeps {
  readonly db: Db;
  readonly ids: IdSource;
  readonly enqueue: Enqueue;
  readonly clock: Clock;
  readonly log: Logger;
  readonly instanceSecret: string;
  readonly origin: string;
  /** As people see it. */
  readonly instance: { readonly name: string };
  /** Null: no mail is sent. */
  readonly settings: MailSettings | null;
}

/** One letter to one person. */
export interface NewMail {
  /** What sort of mail it is, in the log. */
  readonly kind: string;
  /** Whom it is for; null where the account does not outlive it. */
  readonly accountId: AccountId | null;
  readonly to: string;
  readonly letter: Letter;
  /** After this, it says nothing that counts. */
  readonly expiresAt?: Date;
  readonly unsubscribe?: string;
  /** Not before this. Default: at once. */
  readonly sendAt?: Date | undefined;
}

const storedSchema = z.object({
  to: z.string(),
  subject: z.string(),
  text: z.string(),
  html: z.string(),
  unsubscribe: z.string().nullable(),
});

/**
 * Mail: written in the transaction of what causes it, sealed, and handed over by a job that tries until the mail
 * server has taken or refused it. At least once: who dies between the server's answer and the end of the job sends
 * it again, under the same Message-ID.
 */
export function createMail(deps: MailDeps) {
  const { db, ids, enqueue, clock, log, instanceSecret, origin, instance, settings } = deps;
  const seal: Seal = { instanceSecret, purpose: 'mail' };
  const transport = settings === null ? null : createMailTransport(settings);
  const rendered = (letter: Letter) => renderLetter(letter, { server: instance.name, origin });
  /** Nobody who sees the id of a message learns how many there were. */
  const messageId = (id: MailId): string =>
    sha256(Buffer.concat([purposeKey({ instanceSecret, purpose: 'mail-id' }), Buffer.from(id)]))
      .subarray(0, 18)
      .toString('base64url');

  async function send({ mailId }: JobPayload<'mail.send'>): Promise<Finish | undefined> {
    const row = await db('mails').where({ id: mailId }).first();
    if (!row) return undefined;
    const about = { mailId, kind: row.kind };
    const done: Finish = async (tx) => {
      await tx('mails').where({ id: mailId }).delete();
      return null;
    };
    if (row.expires_at.getTime() <= clock.now()) {
      log.warn(about, 'a mail could not be sent in time, and is not sent any more');
      return done;
    }
    // What was written stays while mail is turned off, and goes out or expires later.
    if (!transport) throw new Error('No mail server is set up.');
    const opened = openSecret(seal, row.sealed);
    if (!opened.ok) throw new Error(opened.detail);
    const message = storedSchema.parse(JSON.parse(opened.plaintext));
    const sent = await transport.send({ ...message, id: messageId(mailId), date: row.created_at });
    if (sent.outcome === 'later') throw new Error(`The mail server did not take a mail: ${sent.why}`);
    if (sent.outcome === 'refused')
      log.warn({ ...about, why: sent.why }, 'the mail server refused a mail for good');
    else log.info(about, 'a mail was sent');
    return done;
  }

  return {
    /** Whether mail can be sent at all. */
    isOn: transport !== null,

    /** The address of a page of this server: from its configuration, never from a request (security.md A7). */
    link: (path: string, query: Readonly<Record<string, string>> = {}): string =>
      Object.assign(new URL(path, origin), { search: new URLSearchParams(query).toString() }).href,

    /** Writes a letter; it leaves once the transaction commits. Where there is no mail, nothing happens. */
    async write(tx: Tx, mail: NewMail): Promise<void> {
      if (!transport) return;
      const id: MailId = ids.next<'mail'>();
      const at = mail.sendAt === undefined ? {} : { runAt: mail.sendAt };
      const stored: z.input<typeof storedSchema> = {
        ...{ to: mail.to, ...rendered(mail.letter), unsubscribe: mail.unsubscribe ?? null },
      };
      await tx('mails').insert({
        ...{ id, account_id: mail.accountId, kind: mail.kind },
        sealed: sealSecret(seal, JSON.stringify(stored)),
        expires_at: mail.expiresAt ?? new Date(clock.now() + mailLimits.keptMs),
      });
      await enqueue(tx, { name: 'mail.send', payload: { mailId: id }, key: `mail.send:${id}`, ...at });
    },

    /** Connects to the mail server and signs in, and sends nothing. */
    async greet(): Promise<Result<object, 'mail-off' | 'mail-refused'>> {
      if (!transport) return off();
      const wrong = await transport.check();
      return wrong === null ? ok() : fail('mail-refused', wrong);
    },

    /** Sends one at once, for an admin who wants to know whether it works. */
    async test(to: string): Promise<Result<object, 'mail-off' | 'mail-refused'>> {
      if (!transport) return off();
      const letter = {
        subject: `Mail of ${instance.name} works`,
        parts: [`This message shows that ${instance.name} can send mail.`],
        footer: ['Somebody who runs this server asked for it.'],
      };
      const id = messageId(ids.next<'mail'>());
      const message: Message = {
        ...rendered(letter),
        id,
        to,
        date: new Date(clock.now()),
        unsubscribe: null,
      };
      const sent = await transport.send(message);
      return sent.outcome === 'taken' ? ok() : fail('mail-refused', sent.why);
    },

    jobs: { send },

    /** Forgets what nobody could be sent in time. */
    sweep: (signal?: AbortSignal): Promise<number> =>
      deleteInBatches(db, 'mails', { condition: 'expires_at < now()' }, signal),

    close: async (): Promise<void> => transport?.close(),
  };
}

const off = () => fail('mail-off', 'No mail server is set up: set SMTP_HOST and MAIL_FROM.');
