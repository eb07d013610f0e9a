/** What somebody wrote into the search field, as far as it says by itself what it is. */
export type Wish =
  /** A web address of an account or a clip. */
  | { readonly kind: 'address'; readonly text: string; readonly host: string }
  /** `@name@server`; its server can be asked. */
  | { readonly kind: 'handle'; readonly text: string; readonly host: string }
  /** `@name`, as much of it as is written. */
  | { readonly kind: 'name'; readonly text: string }
  /** One hashtag alone. */
  | { readonly kind: 'hashtag'; readonly text: string }
  | { readonly kind: 'words'; readonly text: string };

const HANDLE = /^@?[^\s@/:]+@([^\s@/]+)$/;
/** Letters, digits and underscores with at least one letter, as the server reads them. */
const HASHTAG = /^#(?=.*\p{L})[\p{L}\p{M}\p{N}_]{1,100}$/u;

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
  if (/^@\S+$/.test(text)) return { kind: 'name', text };
  return { kind: HASHTAG.test(text) ? 'hashtag' : 'words', text };
}

/** Pages of this server that no search answers with. */
const PAGE = /^\/(?:tags?|sounds|playlists|packs)\/[^/]+\/?$/;

/** The path of such a page, where its address was written or pasted; null where it is something else, or elsewhere. */
export function pageHere(wish: Wish | null, origin: string): string | null {
  if (wish?.kind !== 'address') return null;
  const url = new URL(wish.text);
  return url.origin === origin && PAGE.test(url.pathname) ? url.pathname : null;
}
