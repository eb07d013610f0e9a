/** Letters, digits and marks of any script, as the server reads hashtags; not digits alone. */
const TOPIC = /^[\p{L}\p{M}\p{N}_]*[\p{L}\p{M}_][\p{L}\p{M}\p{N}_]*$/u;

/** A topic as somebody writes it; null for what is no hashtag. */
export function parseTopic(text: string): string | null {
  const name = text.trim().replace(/^#/, '').normalize('NFKC').toLowerCase();
  return TOPIC.test(name) ? name : null;
}

/** The list with a value that was not in it, or without one that was. */
export function withOrWithout(list: readonly string[], value: string): string[] {
  return list.includes(value) ? list.filter((other) => other !== value) : [...list, value];
}
