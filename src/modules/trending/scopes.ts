/** What trends are of: all, this server's videos, or those with a hashtag, in a language, with a sound. */
export type TrendScope =
  | { readonly of: 'videos'; readonly within: 'global' | 'local' }
  | { readonly of: 'videos'; readonly within: 'tag' | 'language' | 'sound'; readonly key: string }
  | { readonly of: 'tags' | 'sounds' | 'creators' };

export interface Trending {
  readonly id: string;
  readonly score: number;
}
