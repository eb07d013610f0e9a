/** How far a command has come that goes through all media. */
interface Progress {
  readonly objects: number;
  readonly bytes: number;
}

const TELL_EVERY_MS = 1_000;

/** Tells of progress on stderr, once a second at most. */
export function progressTeller(): (progress: Progress) => void {
  let last = performance.now();
  return (progress) => {
    if (performance.now() - last < TELL_EVERY_MS) return;
    last = performance.now();
    process.stderr.write(`${progress.objects} objects (${inMegabytes(progress)}) so far\n`);
  };
}

/** The same for work that tells of its steps in words. */
export function stepTeller(): (step: string) => void {
  let last = performance.now();
  return (step) => {
    if (performance.now() - last < TELL_EVERY_MS) return;
    last = performance.now();
    process.stderr.write(`${step}\n`);
  };
}

/** The same for work that counts one kind of things. */
export function countTeller(done: string): (count: number) => void {
  const tell = stepTeller();
  return (count) => tell(`${count} ${done} so far`);
}

export function inMegabytes({ bytes }: Progress): string {
  return `${(bytes / 1024 ** 2).toFixed(1)} MB`;
}

export const GB = 1024 ** 3;

/** For people. */
export function sizeOf(bytes: number): string {
  return bytes < GB ? `${(bytes / 1024 ** 2).toFixed(1)} MB` : `${(bytes / GB).toFixed(2)} GB`;
}
