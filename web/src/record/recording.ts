/** One recording of several takes: between them the recorder rests, and so does its clock. */
export interface Recording {
  /** Seconds that are recorded by now. */
  readonly elapsed: () => number;
  /** Begins a take, and tells where in the recording it begins. */
  readonly begin: () => number;
  /** Ends a take, and tells where. */
  readonly rest: () => number;
  /** Ends the recording. */
  readonly finish: () => Promise<File>;
  /** Ends it, and keeps nothing. */
  readonly drop: () => void;
}

/** Pieces in which the recorder gives its bytes, so that a long recording is not one. */
const PIECE_MS = 1_000;

/** Prepares a recording of what a camera sees; `type` as `recordedType` tells it. */
export function createRecording(stream: MediaStream, type: string, now = () => performance.now()): Recording {
  const recorder = new MediaRecorder(stream, { mimeType: type });
  const pieces: Blob[] = [];
  let before = 0;
  let since: number | null = null;
  recorder.addEventListener('dataavailable', ({ data }) => pieces.push(data));
  const elapsed = () => before + (since === null ? 0 : now() - since);
  return {
    elapsed: () => elapsed() / 1_000,
    begin() {
      if (recorder.state === 'inactive') recorder.start(PIECE_MS);
      else recorder.resume();
      since = now();
      return before / 1_000;
    },
    rest() {
      recorder.pause();
      before = elapsed();
      since = null;
      return before / 1_000;
    },
    finish() {
      const { promise, resolve } = Promise.withResolvers<File>();
      const [plain = type] = type.split(';');
      recorder.addEventListener('stop', () => resolve(new File(pieces, nameOf(plain), { type: plain })));
      recorder.stop();
      return promise;
    },
    drop() {
      pieces.length = 0;
      if (recorder.state !== 'inactive') recorder.stop();
    },
  };
}

function nameOf(type: string): string {
  const when = new Date().toISOString().slice(0, 19).replaceAll(':', '-');
  return `recording-${when}.${type.endsWith('mp4') ? 'mp4' : 'webm'}`;
}
