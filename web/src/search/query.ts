/** What somebody wrote into the search field, as far as it says by itself what it is. */
export type Wish =
  /** A web address of an account or a clip. */
  | { readonly kind: 'address'; readonly text: string; readonly host: string }
  /** `@name@server`; its server can be asked. */
  | { readonly kind: 'handle'; readonly text: string; readonly host: string }
  | { readonly kind: 'hashtag'; readonly text: string }
  | { readonly kind: 'words'; readonly text: string };

const HANDLE = /^@?[^\s@/]+@([^\s@/]+)$/;
/** Letters, digits and underscores with at least one letter, as the server reads them. */
const HASHTAG = /^#?((?=.*\p{L})[\p{L}\p{M}\p{N}_]{1,100})$/u;

/** Reads the field; null where there is nothing in it. */
export function readWish(input: string): Wish | null {
  const text = input.trim();
  if (text === '' || text === '@' || text === '#') return null;
  if (/^https?:\/\//i.test(text)) {
    const host = URL.canParse(text) ? new URL(text).host : '';
    return host ? { kind: 'address', text, host } : { kind: 'words', text };
  }
  const host = HANDLE.exec(text)?.[1];
  if (host !== undefined) return { kind: 'handle', text, host };
  return { kind: text.startsWith('#') ? 'hashtag' : 'words', text };
}

/** The hashtags that the words of a wish can be: clips that have all of them are found by it. */
export function hashtagsIn(wish: Wish): string[] {
  if (wish.kind === 'address' || wish.kind === 'handle' || wish.text.startsWith('@')) return [];
  const words = wish.text.split(/\s+/).map((word) => HASHTAG.exec(word)?.[1]?.toLowerCase());
  return words.every((word) => word !== undefined) ? [...new Set(words)] : [];
}

/** Hashtags to show for a wish: its words as one, each of them, and those of `known` that begin with what is written. */
export function hashtagNames(wish: Wish, known: readonly string[], most: number): string[] {
  const words = hashtagsIn(wish);
  const whole = words.join('');
  const begun = known.filter((name) => whole !== '' && name.toLowerCase().startsWith(whole));
  const seen = new Set<string>();
  return [whole, ...begun, ...words]
    .filter((name) => {
      const folded = name.toLowerCase();
      const isNew = folded !== '' && !seen.has(folded);
      seen.add(folded);
      return isNew;
    })
    .slice(0, most);
}
