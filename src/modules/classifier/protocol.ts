import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { classifierLimits } from '../../../config/classifier-limits.ts';
import { fail, ok, type Result } from '../../lib/result.ts';
import { type Label, labelNameSchema } from '../rules/index.ts';

/** The sheet of a video: its pictures row by row, each for so many seconds. */
export interface Sheet {
  readonly url: string;
  readonly columns: number;
  readonly rows: number;
  readonly frames: number;
  readonly frameWidth: number;
  readonly frameHeight: number;
  readonly secondsPerFrame: number;
}

/** What a classifier is told of a video. The addresses are good for `classifierLimits.linkSeconds`, for whoever has them. */
export interface Question {
  /** The same in every try, so that a service may answer again what it has answered. */
  readonly id: string;
  readonly video: {
    readonly id: string;
    /** Whether it is of this server. */
    readonly local: boolean;
    readonly durationSeconds: number | null;
    readonly width: number | null;
    readonly height: number | null;
    readonly language: string | null;
    /** Of the file as it came, in hex. */
    readonly sha256: string | null;
  };
  readonly texts: { readonly caption: string; readonly contentWarning: string; readonly altText: string };
  readonly posterUrl: string | null;
  readonly videoUrl: string | null;
  readonly sheet: Sheet | null;
}

/** A question as it is sent (docs/classifier.md). */
export function bodyOf(origin: string, { id, video, texts, posterUrl, videoUrl, sheet }: Question): string {
  const cut = (text: string) => text.slice(0, classifierLimits.maxTextCharacters).toWellFormed();
  return JSON.stringify({
    ...{ version: 1, id, server: origin },
    video: {
      ...{ id: video.id, local: video.local, duration_seconds: video.durationSeconds },
      ...{ width: video.width, height: video.height, language: video.language, sha256: video.sha256 },
    },
    texts: {
      caption: cut(texts.caption),
      content_warning: cut(texts.contentWarning),
      alt_text: cut(texts.altText),
    },
    media: {
      ...{ poster_url: posterUrl, video_url: videoUrl },
      frames: sheet && {
        ...{ url: sheet.url, columns: sheet.columns, rows: sheet.rows, count: sheet.frames },
        ...{ width: sheet.frameWidth, height: sheet.frameHeight, seconds_each: sheet.secondsPerFrame },
      },
    },
  });
}

/** HMAC-SHA-256 (RFC 2104) over the seconds since 1970, a dot and the body, so that no request can be sent again later. */
export function signatureOf(secret: string, seconds: number, body: string): string {
  const mac = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
  return `t=${seconds},v1=${mac}`;
}

const answerSchema = z.object({
  labels: z
    .array(z.object({ name: labelNameSchema, score: z.number().min(0).max(1) }))
    .max(classifierLimits.maxLabels),
});

/** Reads what a classifier answers; each label once, the surest first. */
export function readAnswer(body: Buffer): Result<{ labels: readonly Label[] }, 'refused'> {
  const read = answerSchema.safeParse(jsonOf(body));
  if (!read.success) {
    const [issue] = read.error.issues;
    const where = issue && issue.path.length > 0 ? ` (${issue.path.join('.')})` : '';
    return fail('refused', `The answer of the classifier is not what docs/classifier.md says${where}.`);
  }
  const surest = new Map<string, Label>();
  for (const label of read.data.labels) {
    if (label.score >= (surest.get(label.name)?.score ?? 0)) surest.set(label.name, label);
  }
  return ok({ labels: [...surest.values()].sort((a, b) => b.score - a.score) });
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
