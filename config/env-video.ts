import { z } from 'zod';
import { videoLimits } from './limits.ts';
import { httpUrl, integer, variable } from './variable.ts';

/** Lines such as `moderator 20000`. */
const storageByRole = z
  .string()
  .max(2_000)
  .transform((text) => text.split(/[\n,]/).map((line) => line.trim()))
  .transform((lines) => lines.filter((line) => line !== ''))
  .pipe(z.array(z.string().regex(/^\S.{0,60}?[ =:]+\d{1,9}$/)).max(100))
  .transform((lines) =>
    lines.map((line) => {
      const [, role = '', megabytes = ''] = /^(.+?)[ =:]+(\d+)$/.exec(line) ?? [];
      return { role, bytes: Number(megabytes) * 1024 * 1024 };
    }),
  );

/** How videos are taken, made and served. */
export const videoVariables = {
  LAZY_RUNGS: variable({
    schema: z.enum(['true', 'false']).transform((text) => text === 'true'),
    fallback: 'false',
    doc: 'Make sizes above 720 lines only once somebody asks for one, or the video is watched a lot. Saves most of the processor time of 1080p uploads.',
    remedy: 'Write true or false.',
    group: 'Video',
  }),
  EMBEDDING: variable({
    schema: z.enum(['everywhere', 'off']),
    fallback: 'everywhere',
    doc: 'Whether pages of other sites may show videos of this server in a frame (`/embed/ID`, oEmbed): those that everybody may see and that nobody is warned of, or none.',
    remedy: 'Use one of: everywhere, off.',
    group: 'Video',
    control: { kind: 'choice', options: ['everywhere', 'off'] },
  }),
  MAX_UPLOAD_MB: variable({
    schema: integer(1, 10_000),
    fallback: String(videoLimits.defaultMaxUploadBytes / (1024 * 1024)),
    doc: 'Largest upload, in MB (1 MB = 1,048,576 bytes).',
    remedy: 'Write a number from 1 to 10000.',
    group: 'Video',
    control: { kind: 'number', min: 1, max: 10_000, unit: 'MB' },
  }),
  UPLOADS: variable({
    schema: z.enum(['tus', 'direct']),
    fallback: 'tus',
    doc: 'How videos are uploaded: `tus` through this server, resumable; `direct` also straight to the object storage, which spares this server the traffic. See docs/media.md.',
    remedy: 'Use one of: tus, direct (only with S3_ENDPOINT).',
    group: 'Video',
  }),
  MAX_STORAGE_PER_ACCOUNT_MB: variable({
    schema: integer(0, 100_000_000),
    fallback: '0',
    doc: 'What the videos of one account may take in all their sizes, uploads under way included, in MB. It counts when an upload begins. `0`: no limit.',
    remedy: 'Write a number of MB, or 0.',
    group: 'Video',
    control: { kind: 'number', min: 0, max: 100_000_000, unit: 'MB' },
  }),
  STORAGE_BY_ROLE_MB: variable({
    schema: storageByRole,
    fallback: '',
    doc: 'The same for people of a role, a line each (or with commas between): the name of the role and a number of MB, such as `moderator 20000`. `0`: no limit. `vireo user quota` and the pages of accounts give one account another limit.',
    remedy: 'Write a line for each role: its name, a space and a number of MB, such as moderator 20000.',
    group: 'Video',
    control: { kind: 'lines', maxLength: 2_000 },
  }),
  MAX_DURATION_SECONDS: variable({
    schema: integer(1, 3_600),
    fallback: String(videoLimits.defaultMaxDurationSeconds),
    doc: 'Longest video, in seconds.',
    remedy: 'Write a number of seconds from 1 to 3600.',
    group: 'Video',
    control: { kind: 'number', min: 1, max: 3_600, unit: 'seconds' },
  }),
  MEDIA_URL: variable({
    schema: httpUrl.refine((text) => !/[?#@]/.test(text)),
    fallback: undefined,
    doc: 'Address under which media is published, where that is another host or a CDN in front of this server. Default: `ORIGIN/media`.',
    remedy: 'Write a URL such as https://media.video.example, with no ? or #.',
    group: 'Video',
  }),
  MEDIA_CACHE_MB: variable({
    schema: integer(0, 1_000_000),
    fallback: '256',
    doc: 'Memory for media that is asked for often, in MB, in each process that serves it. `0` keeps none.',
    remedy: 'Write a number of MB from 0 to 1000000.',
    group: 'Video',
  }),
  MEDIA_X_ACCEL: variable({
    schema: z.string().regex(/^(\/[A-Za-z0-9_-]{1,64}){1,4}$/),
    fallback: undefined,
    doc: 'Internal location of the nginx in front that stands for `DATA_DIR/media`, such as `/_protected`: nginx then sends the bytes. See docs/media.md.',
    remedy: 'Write a path such as /_protected, without a slash at its end; only with media in files.',
    group: 'Video',
  }),
  MEDIA_REDIRECT: variable({
    schema: z.union([
      z.literal('presigned'),
      httpUrl.refine((text) => !/[?#@]/.test(text)).transform((text) => text.replace(/\/$/, '')),
    ]),
    fallback: undefined,
    doc: 'Where public media is fetched instead of through this server: `presigned` for addresses of the object storage itself, or the address of a CDN that stands for the bucket or for `DATA_DIR/media`. See docs/media.md.',
    remedy:
      'Write presigned (only with S3_ENDPOINT) or a URL such as https://cdn.video.example; not together with MEDIA_X_ACCEL.',
    group: 'Video',
  }),
  FFMPEG_PATH: variable({
    schema: z.string().min(1).max(500),
    fallback: 'ffmpeg',
    doc: 'ffmpeg to run.',
    remedy: 'Write a command name or an absolute path.',
    group: 'Video',
  }),
  FFPROBE_PATH: variable({
    schema: z.string().min(1).max(500),
    fallback: 'ffprobe',
    doc: 'ffprobe to run.',
    remedy: 'Write a command name or an absolute path.',
    group: 'Video',
  }),
  TRANSCRIPTION_URL: variable({
    schema: httpUrl.refine((text) => !/[#@]/.test(text)),
    fallback: undefined,
    doc: 'Service that writes captions for videos of this server that have none: one that answers as the transcriptions of OpenAI do, such as `http://127.0.0.1:8000/v1/audio/transcriptions`. It gets the sound of every such video, also of those that are not for everybody. Absent: nobody is asked. See docs/media.md.',
    remedy:
      'Write the whole URL, such as http://127.0.0.1:8000/v1/audio/transcriptions; a token goes into TRANSCRIPTION_TOKEN.',
    group: 'Video',
  }),
  TRANSCRIPTION_TOKEN: variable({
    schema: z.string().regex(/^[\x21-\x7e]{1,500}$/),
    fallback: undefined,
    doc: 'What that service is shown, as `Authorization: Bearer …`. Absent: nothing.',
    remedy: 'Copy it from the service: letters, digits and signs without spaces.',
    secret: true,
    group: 'Video',
  }),
  TRANSCRIPTION_MODEL: variable({
    schema: z.string().regex(/^[\x21-\x7e]{1,200}$/),
    fallback: 'whisper-1',
    doc: 'Model that it is asked to use, by the name that it knows.',
    remedy: 'Write the name as the service lists it, such as Systran/faster-whisper-small.',
    group: 'Video',
  }),
} as const;
