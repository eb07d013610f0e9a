import { z } from 'zod';
import { variable } from './variable.ts';

/** What a server says about itself. */
export const instanceVariables = {
  INSTANCE_NAME: variable({
    schema: z.string().min(1).max(80),
    fallback: 'Vireo',
    doc: 'Name people see.',
    remedy: 'Write 1 to 80 characters.',
    group: 'Server',
    control: { kind: 'text', maxLength: 80 },
  }),
  INSTANCE_DESCRIPTION: variable({
    schema: z.string().max(1_000),
    fallback: 'A short-video server of the open social web.',
    doc: 'A sentence or two on what this server is for.',
    remedy: 'Write at most 1000 characters.',
    group: 'Server',
    control: { kind: 'paragraph', maxLength: 1_000 },
  }),
  INSTANCE_ABOUT: variable({
    schema: z.string().max(50_000),
    fallback: undefined,
    doc: 'What this server is for and who runs it, at length, in Markdown. Without it, pages show the description.',
    remedy: 'Write at most 50000 characters.',
    group: 'Server',
    control: { kind: 'markdown', maxLength: 50_000 },
  }),
  INSTANCE_EMAIL: variable({
    schema: z.email().max(200),
    fallback: undefined,
    doc: 'Where people reach who runs this server. Shown to everybody.',
    remedy: 'Write one e-mail address.',
    group: 'Server',
    control: { kind: 'text', maxLength: 200 },
  }),
  INSTANCE_SOURCE_URL: variable({
    schema: z.url({ protocol: /^https?$/ }).max(500),
    fallback: undefined,
    doc: 'Where the source of this server is, with what was changed here: its licence gives everybody who uses it a right to that. Without it, pages name the software and link nothing.',
    remedy: 'Write one address that begins with https://.',
    group: 'Server',
    control: { kind: 'text', maxLength: 500 },
  }),
  INSTANCE_RULES: variable({
    schema: z
      .string()
      .max(10_000)
      .transform((text) =>
        text
          .split(/\r?\n|\\n/)
          .map((line) => line.trim())
          .filter((line) => line !== ''),
      ),
    fallback: '',
    doc: 'Rules of this server, one a line; or with `\n` between them.',
    remedy: 'Write at most 10000 characters.',
    group: 'Server',
    control: { kind: 'lines', maxLength: 10_000 },
  }),
  TRANSPARENCY_REPORT: variable({
    schema: z.enum(['public', 'members', 'hidden']),
    fallback: 'members',
    doc: 'Who may read at `/about/transparency`, in numbers by month, what was reported and done here: everybody, people with an account here, or nobody. Numbers below five are not told.',
    remedy: 'Use one of: public, members, hidden.',
    group: 'Server',
    control: { kind: 'choice', options: ['public', 'members', 'hidden'] },
  }),
  INSTANCE_PRIVACY_POLICY: variable({
    schema: z.string().max(50_000),
    fallback: undefined,
    doc: 'What this server does with what it knows of people, in Markdown. Without it, clients are told that there is none.',
    remedy: 'Write at most 50000 characters.',
    group: 'Server',
    control: { kind: 'markdown', maxLength: 50_000 },
  }),
};
