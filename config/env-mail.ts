import { z } from 'zod';
import { hostName, integer, variable } from './variable.ts';

/** How the connection to the mail server is protected. */
const protections = ['starttls', 'implicit', 'none'] as const;

/** No line break: these become lines of a protocol and headers of messages. */
const oneLine = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^\P{Cc}*$/u);

/** `Name <address>`, or the address alone. A name holds nothing that a header would have to quote. */
const sender = oneLine(300)
  .regex(/^(?:[^"<>@,;:\\()[\]]{1,100}<[^\s<>]+>|[^\s<>]+)$/)
  .transform((text) => {
    const [, name = '', address = text] = /^([^<]*)<(.+)>$/.exec(text) ?? [];
    return { name: name.trim(), address: address.trim() };
  })
  .pipe(z.object({ name: z.string(), address: z.email().max(254) }));

/** By which mail server messages leave. */
export const mailVariables = {
  SMTP_HOST: variable({
    schema: hostName,
    fallback: undefined,
    doc: 'Mail server that takes this server’s messages: confirmations of addresses, new passwords, digests. Absent: no mail is sent, and everything works without it. See docs/mail.md.',
    remedy: 'Write the name or address of a mail server, such as mail.example.',
    group: 'Mail',
  }),
  SMTP_PORT: variable({
    schema: integer(1, 65_535),
    fallback: undefined,
    doc: 'Its port. Default: 587, or 465 where `SMTP_TLS` is `implicit`.',
    remedy: 'Write a number from 1 to 65535.',
    group: 'Mail',
  }),
  SMTP_TLS: variable({
    schema: z.enum(protections),
    fallback: 'starttls',
    doc: 'How the connection to it is protected: `starttls` turns to TLS before anything is sent and refuses servers that cannot, `implicit` is TLS from the first byte, `none` protects nothing and is for a mail server on the same machine or network.',
    remedy: `Use one of: ${protections.join(', ')}.`,
    group: 'Mail',
  }),
  SMTP_USER: variable({
    schema: oneLine(300),
    fallback: undefined,
    doc: 'Name to sign in there with. Absent: without signing in.',
    remedy: 'Write the name that your mail provider gave you, and set SMTP_PASSWORD.',
    group: 'Mail',
  }),
  SMTP_PASSWORD: variable({
    schema: oneLine(1_000),
    fallback: undefined,
    doc: 'Password that belongs to `SMTP_USER`.',
    remedy: 'Copy it from your mail provider, and set SMTP_USER.',
    secret: true,
    group: 'Mail',
  }),
  MAIL_FROM: variable({
    schema: sender,
    fallback: undefined,
    doc: 'Sender of the messages: an address, or `Name <address>`. Required with `SMTP_HOST`.',
    remedy: 'Write an address that your mail server may send from, such as Vireo <vireo@video.example>.',
    group: 'Mail',
  }),
} as const;
