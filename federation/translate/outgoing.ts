import type { JsonObject } from './read.ts';

/** Activities that this server sends. Each has its line in FEDERATION.md, by `federation/vocabulary.ts`. */
export type SentName =
  | 'Accept'
  | 'Add'
  | 'Announce'
  | 'Block'
  | 'Create'
  | 'Delete'
  | 'Flag'
  | 'Follow'
  | 'Like'
  | 'Move'
  | 'QuoteRequest'
  | 'Reject'
  | 'Remove'
  | 'Undo'
  | 'Update';

/** An activity of ours, ready to be sent. */
export type Outgoing = JsonObject & { readonly type: SentName };
