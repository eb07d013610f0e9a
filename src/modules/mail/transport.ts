import { createTransport } from 'nodemailer';
import type { Config } from '../../../config/config.ts';
import { mailLimits } from '../../../config/mail-limits.ts';
import { oneLine } from './letter.ts';

export type MailSettings = NonNullable<Config['mail']>;

/** One message as the mail server gets it. */
export interface Message {
  /** The same at every try, so that mailboxes know it again. */
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly date: Date;
  /** Where a POST ends what the message is one of (RFC 8058). */
  readonly unsubscribe: string | null;
}

/** What became of a message: another try may help (RFC 5321 4.2.1), or never will. */
export type Sent =
  | { readonly outcome: 'taken' }
  | { readonly outcome: 'later' | 'refused'; readonly why: string };

/** Talks to the mail server. */
export function createMailTransport({ host, port, tls, login, from }: MailSettings) {
  const transport = createTransport({
    ...{ host, port, pool: true, maxConnections: mailLimits.atOnce },
    ...{ secure: tls === 'implicit', requireTLS: tls === 'starttls', ignoreTLS: tls === 'none' },
    ...(login === null ? {} : { auth: { user: login.user, pass: login.password.reveal() } }),
    connectionTimeout: mailLimits.connectMs,
    greetingTimeout: mailLimits.connectMs,
    socketTimeout: mailLimits.silenceMs,
    // A message is what it says: nothing in it is read from a file or an address.
    ...{ disableFileAccess: true, disableUrlAccess: true },
  });
  return {
    /** Hands one message over. Never rejects. */
    async send({ id, to, subject, text, html, date, unsubscribe }: Message): Promise<Sent> {
      try {
        await transport.sendMail({
          // Copied: it is written to while headers are made of it, and the configuration is frozen.
          from: { ...from },
          to: { name: '', address: to },
          // Told apart from the headers, so that nothing in those adds a recipient.
          envelope: { from: from.address, to: [to] },
          ...{ subject, text, html, date },
          messageId: `<${id}@${from.address.slice(from.address.lastIndexOf('@') + 1)}>`,
          headers: {
            'Auto-Submitted': 'auto-generated',
            ...(unsubscribe === null
              ? {}
              : {
                  'List-Unsubscribe': `<${unsubscribe}>`,
                  'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
                }),
          },
        });
        return { outcome: 'taken' };
      } catch (error) {
        return failureOf(error);
      }
    },
    /** Connects and signs in, and sends nothing. Null, or what is wrong. */
    async check(): Promise<string | null> {
      return transport.verify().then(
        () => null,
        (error: unknown) => (error instanceof Error ? error.message : String(error)),
      );
    },
    close: () => transport.close(),
  };
}

interface SmtpError {
  readonly code?: unknown;
  readonly command?: unknown;
  readonly responseCode?: unknown;
  readonly message?: unknown;
}

/**
 * A refusal for good is about this recipient or this message. That of a sign-in, of the sender or of the connection
 * is about how the server is set up: an admin can mend it, and then the message goes out.
 */
function failureOf(error: unknown): Sent {
  const { code, command, responseCode, message } = (error ?? {}) as SmtpError;
  const isAboutThis = command === 'RCPT TO' || command === 'DATA' || code === 'EMESSAGE';
  const isForGood = typeof responseCode === 'number' && responseCode >= 500;
  return { outcome: isAboutThis && isForGood ? 'refused' : 'later', why: sayable(message) };
}

/** What a mail server says, without the addresses that it repeats, as one line of a log. */
function sayable(message: unknown): string {
  const text = typeof message === 'string' ? message : 'no answer';
  return oneLine(
    text.slice(0, 4_000).replace(/[^\s<>"'()]+@[^\s<>"'()]+/g, '…'),
    mailLimits.maxAnswerCharacters,
  );
}
