import type { Config } from '../config/config.ts';
import { transcriptionLimits } from '../config/media-limits.ts';
import type { FormPoster } from './lib/net/form-post.ts';
import { createTranscriber } from './modules/videos/index.ts';

/** Null where no service is set up. */
export function transcriberOf({ transcription }: Config, poster: FormPoster) {
  if (transcription === null) return null;
  const { url, token, model } = transcription;
  const { deadlineMs } = transcriptionLimits;
  return createTranscriber({ poster, url, token: token?.reveal() ?? null, model, deadlineMs });
}
