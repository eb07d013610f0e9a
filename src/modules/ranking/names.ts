/** Gives text dense numbers from 1; 0 stands for none, and for what came after there were too many. */
export interface Names {
  /** The number of a text, a new one if need be. */
  of(text: string): number;
  /** The number of a text that is known; 0 otherwise. */
  find(text: string): number;
  /** The text of a number; empty for 0. */
  text(number: number): string;
  /** One more than the largest number. */
  size(): number;
}

export function createNames(max: number): Names {
  const numbers = new Map<string, number>();
  const texts = [''];
  return {
    of(text) {
      const known = numbers.get(text);
      if (known !== undefined) return known;
      if (texts.length > max) return 0;
      texts.push(text);
      numbers.set(text, texts.length - 1);
      return texts.length - 1;
    },
    find: (text) => numbers.get(text) ?? 0,
    text: (number) => texts[number] ?? '',
    size: () => texts.length,
  };
}
