import { readFile } from 'node:fs/promises';

/** A file that was named cannot be used; the message says why. */
export class GivenFileError extends Error {}

/** The text of a file that was named. Throws a GivenFileError where it cannot be read. */
export async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new GivenFileError(`${file} cannot be read: ${(error as Error).message}`);
  }
}

/** What the text of such a file says. Throws a GivenFileError where it is not JSON. */
export function jsonIn(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new GivenFileError(`${file} is not JSON: ${(error as Error).message}`);
  }
}
