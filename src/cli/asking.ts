import { createInterface } from 'node:readline';
import type { Stdin, Surroundings } from './surroundings.ts';

interface Asking {
  /** The answer; what stands in brackets where it is empty, and null where nobody answers any more. */
  ask(question: string, otherwise: string): Promise<string | null>;
  close(): void;
}

/** Asks line by line. Questions go to stderr: what is printed is the outcome alone. */
export function asking(stdin: Stdin, stderr: Surroundings['stderr']): Asking {
  const input = createInterface({ input: stdin, terminal: false });
  const lines = input[Symbol.asyncIterator]();
  return {
    async ask(question, otherwise) {
      stderr.write(otherwise === '' ? `${question}: ` : `${question} [${otherwise}]: `);
      const { value, done } = await lines.next();
      if (done) return null;
      return value.trim() === '' ? otherwise : value.trim();
    },
    close: () => input.close(),
  };
}

/** The first line that another program hands over; empty where there is none. */
export async function firstLineOf(stdin: Stdin): Promise<string> {
  const input = createInterface({ input: stdin, terminal: false });
  try {
    const { value, done } = await input[Symbol.asyncIterator]().next();
    return done ? '' : value;
  } finally {
    input.close();
  }
}
