/** A SourceBuffer one can wait for. It takes one thing after the other, as browsers ask. */
export interface ClipBuffer {
  readonly buffered: TimeRanges;
  append(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  remove(start: number, end: number): Promise<void>;
  /** Says of what kind the next bytes are. */
  changeType(mime: string): Promise<void>;
  /** Forgets what was appended in part. */
  reset(): Promise<void>;
  setDuration(seconds: number): Promise<void>;
  /** Nothing comes after what is there: the clip may begin anew. */
  end(): Promise<void>;
}

/** Opens a media source on an element, and a buffer in it. Rejects when the browser refuses, or `signal` is aborted. */
export async function openBuffer(
  video: HTMLVideoElement,
  source: MediaSource,
  mime: string,
  signal: AbortSignal,
): Promise<ClipBuffer> {
  const url = URL.createObjectURL(source);
  video.src = url;
  try {
    await event(source, 'sourceopen', signal);
  } finally {
    URL.revokeObjectURL(url);
  }
  return wrap(source, source.addSourceBuffer(mime), signal);
}

function wrap(source: MediaSource, buffer: SourceBuffer, signal: AbortSignal): ClipBuffer {
  let last: Promise<unknown> = Promise.resolve();
  /** Does it when all that was asked for before is done, and waits for it. */
  const inTurn = (change: () => void): Promise<void> => {
    const done = last.then(async () => {
      signal.throwIfAborted();
      change();
      if (buffer.updating) await event(buffer, 'updateend', signal);
    });
    last = done.catch(() => undefined);
    return done;
  };
  return {
    get buffered() {
      return buffer.buffered;
    },
    append: (bytes) => inTurn(() => buffer.appendBuffer(bytes)),
    remove: (start, end) => inTurn(() => buffer.remove(start, end)),
    changeType: (mime) => inTurn(() => buffer.changeType(mime)),
    reset: () => inTurn(() => source.readyState === 'open' && buffer.abort()),
    setDuration: (seconds) =>
      inTurn(() => {
        if (source.readyState === 'open') source.duration = seconds;
      }),
    end: () => inTurn(() => source.readyState === 'open' && source.endOfStream()),
  };
}

function event(target: EventTarget, name: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = () => {
      target.removeEventListener(name, arrived);
      target.removeEventListener('error', failed);
      signal.removeEventListener('abort', aborted);
    };
    const arrived = () => {
      done();
      resolve();
    };
    const failed = () => {
      done();
      reject(new Error('The browser could not use these bytes.'));
    };
    const aborted = () => {
      done();
      reject(signal.reason);
    };
    target.addEventListener(name, arrived);
    target.addEventListener('error', failed);
    signal.addEventListener('abort', aborted);
    if (signal.aborted) aborted();
  });
}
