import { captionLimits, transcriptionLimits } from '../../../config/media-limits.ts';
import type { FormPoster } from '../../lib/net/form-post.ts';
import { type Failure, fail, type Ok, ok } from '../../lib/result.ts';

/** What writes down what is said in a recording. */
export interface Transcriber {
  transcribe(recording: {
    /** M4A with AAC. */
    readonly soundPath: string;
    /** As in ISO 639; null where nobody said. */
    readonly language: string | null;
    readonly signal: AbortSignal;
  }): Promise<Ok<{ readonly answer: Buffer }> | Failure<'unavailable' | 'refused'>>;
}

/** Statuses that say "later" though they are of the 400s. */
const LATER = new Set([408, 429]);

/**
 * Asks a service by the protocol that the self-hosted servers of speech recognition have in common, which is the one
 * of OpenAI: a form with `file`, `model`, `response_format` and, where it is known, `language`. WebVTT does not say in
 * which language it is, so where that is not known JSON is asked for, which does. What comes back is bytes of a
 * stranger. `unavailable`: another try may work; `refused`: it cannot.
 */
export function createTranscriber(deps: {
  readonly poster: FormPoster;
  readonly url: string;
  readonly token: string | null;
  readonly model: string;
  readonly deadlineMs: number;
}): Transcriber {
  const { poster, url, token, model, deadlineMs } = deps;
  return {
    async transcribe({ soundPath, language, signal }) {
      // What is asked for; what comes is looked at.
      const format =
        language === null ? { response_format: 'verbose_json' } : { response_format: 'vtt', language };
      const maxBytes = language === null ? transcriptionLimits.json.maxBytes : captionLimits.maxBytes;
      const answer = await poster.post({
        url,
        headers: {
          accept: '*/*',
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        },
        fields: { model, ...format },
        file: { path: soundPath, contentType: 'audio/mp4' },
        ...{ maxBytes, deadlineMs, signal },
      });
      if (!answer.ok) {
        const reason = answer.reason === 'too-large' ? 'refused' : 'unavailable';
        return fail(reason, `The transcription service: ${answer.detail ?? answer.reason}`);
      }
      const { status, body } = answer;
      if (status === 200) return ok({ answer: body });
      const isLater = status >= 500 || LATER.has(status);
      return fail(
        isLater ? 'unavailable' : 'refused',
        `The transcription service answered with status ${status}.`,
      );
    },
  };
}
