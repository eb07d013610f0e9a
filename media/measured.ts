import { traced } from '../src/lib/tracing.ts';
import type { Ffmpeg } from './ffmpeg.ts';
import type { MediaPipeline, VideoOutcome } from './pipeline-jobs.ts';

/** Is told of the work of media. */
export interface MediaWatcher {
  /** One run of ffmpeg: `ok`, or how it ended. */
  ffmpeg(outcome: string): void;
  /** A video of so many seconds took so many seconds to make. */
  transcoded(videoSeconds: number, seconds: number): void;
}

/** The same, with every run told, in a span of its own. */
export function measuredFfmpeg(ffmpeg: Ffmpeg, watcher: MediaWatcher): Ffmpeg {
  return {
    ...ffmpeg,
    run: (job) =>
      traced('ffmpeg', {}, async (add) => {
        const outcome = await ffmpeg.run(job);
        const word = outcome.ok ? 'ok' : outcome.reason;
        watcher.ffmpeg(word);
        add({ outcome: word });
        return outcome;
      }),
  };
}

/** The same, with the speed at which videos are made told. */
export function measuredPipeline(pipeline: MediaPipeline, watcher: MediaWatcher): MediaPipeline {
  async function timed(making: Promise<VideoOutcome>): Promise<VideoOutcome> {
    const since = performance.now();
    const outcome = await making;
    if (outcome.ok) watcher.transcoded(outcome.facts.durationSeconds, (performance.now() - since) / 1_000);
    return outcome;
  }
  return {
    ...pipeline,
    processFirst: (job) => timed(pipeline.processFirst(job)),
    processRest: (job) => timed(pipeline.processRest(job)),
    processVideo: (job) => timed(pipeline.processVideo(job)),
  };
}
