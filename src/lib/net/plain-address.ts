/** Longest address that is stored or fetched. */
export const MAX_URI_CHARACTERS = 1_024;

/**
 * Scheme, two slashes, host. Parsers also take `https:host`, `https:\\host` and line breaks, which other code
 * would read as another address: then a server could pass for one it is not. They trim white space, too.
 */
const PLAIN_ADDRESS = /^https?:\/\/[^/\\?#@\s]+(?:[/?#][^\\\p{Cc}\p{Cs}]*)?(?<!\s)$/iu;

/** Whether a text is an absolute http(s) address without credentials, that all read alike and that can be stored. */
export function isPlainAddress(text: string): boolean {
  return text.length <= MAX_URI_CHARACTERS && PLAIN_ADDRESS.test(text) && URL.canParse(text);
}
