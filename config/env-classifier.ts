import { z } from 'zod';
import { httpUrl, integer, variable } from './variable.ts';

/** The service that says what a video shows. */
export const classifierVariables = {
  CLASSIFIER_URL: variable({
    schema: httpUrl.refine((text) => !/[#@]/.test(text)),
    fallback: undefined,
    doc: 'Service that is asked what a video shows, before others see it where a rule depends on the answer: `vireo rule` with `labels`. It gets texts, hashes and addresses of pictures that are good for a short time, also of videos that are not for everybody. An address of the own network has to be set in the environment. Absent: nobody is asked. See docs/classifier.md.',
    remedy: 'Write the whole URL, such as https://classifier.example/v1/videos, with no # or @.',
    group: 'Video',
    control: { kind: 'text', maxLength: 500 },
  }),
  CLASSIFIER_SECRET: variable({
    schema: z.string().regex(/^[\x21-\x7e]{16,500}$/),
    fallback: undefined,
    doc: 'What requests to that service are signed with. Absent: a secret that is derived from `SECRET_KEY`; `vireo classifier secret` prints what counts.',
    remedy: 'Write 16 to 500 letters, digits and signs without spaces.',
    secret: true,
    group: 'Video',
  }),
  CLASSIFIER_TIMEOUT_SECONDS: variable({
    schema: integer(1, 120),
    fallback: '30',
    doc: 'How long an answer of that service may take. Afterwards it is asked again, a few times within some five minutes.',
    remedy: 'Write a number of seconds from 1 to 120.',
    group: 'Video',
    control: { kind: 'number', min: 1, max: 120, unit: 'seconds' },
  }),
  CLASSIFIER_WHEN_DOWN: variable({
    schema: z.enum(['hold', 'publish']),
    fallback: 'hold',
    doc: 'What becomes of a video that waits for an answer which does not come: `hold`, a moderator decides, or `publish`.',
    remedy: 'Use one of: hold, publish.',
    group: 'Video',
    control: { kind: 'choice', options: ['hold', 'publish'] },
  }),
} as const;
