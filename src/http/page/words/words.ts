/** What the server itself says in pages: in heads, for readers of links and of search results, and in frames of other pages. */
export interface Words {
  readonly clipBy: (name: string) => string;
  readonly replyBy: (name: string) => string;
  readonly covered: (handle: string) => string;
  readonly coveredText: string;
  /** Both numbers as they are written. */
  readonly profile: (clips: string, followers: string) => string;
  readonly tag: (tag: string, server: string) => string;
  /** What is heard, where it has no name. */
  readonly unnamedSound: string;
  /** How many people a starter pack has, and who made it. */
  readonly pack: (size: number, handle: string) => string;
  readonly originalSound: (handle: string) => string;
  readonly sound: (server: string) => string;
  /** The number as it is written. */
  readonly playlist: (clips: string, owner: string) => string;
  readonly notEmbedded: string;
  readonly notEmbeddedText: string;
  readonly embedCovered: string;
  /** As pages say of `sound-region`. */
  readonly embedWithheld: string;
  readonly watchOn: (server: string) => string;
  readonly open: (server: string) => string;
  /** Ways into the installed page, as launchers list them. */
  readonly app: { readonly upload: string; readonly inbox: string; readonly search: string };
  /** Titles of the pages about the server. */
  readonly about: Readonly<
    Record<'server' | 'rules' | 'privacy' | 'blocks' | 'transparency', (server: string) => string>
  >;
  /** Where no script runs. */
  readonly needsScript: string;
}
