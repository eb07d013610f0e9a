import { commentLimits } from '../../config/limits.ts';
import { fail, ok, type Result } from '../../src/lib/result.ts';
import { isBy, type PostAuthor, type PostFacts, readPost } from './post-read.ts';
import { idOf, type JsonObject, listOf, textOf, typesOf, uriOf } from './read.ts';

export type UnusableComment = 'not-a-note' | 'not-the-author' | 'not-a-reply' | 'is-vote' | 'empty';

/** A comment of another server, and the id of the post that it answers. */
export interface ReadComment {
  readonly facts: PostFacts;
  readonly inReplyTo: string;
}

/**
 * A remote `Note` that answers another post. One with a name and no content is a vote in a poll, which we
 * have none of (federation-interop.md 2).
 */
export function readComment(
  note: JsonObject,
  author: PostAuthor,
  now: number,
): Result<ReadComment, UnusableComment> {
  const uri = uriOf(note.id);
  if (!uri || !typesOf(note).includes('Note')) return fail('not-a-note');
  if (!isBy(note, author.actorUri)) return fail('not-the-author');
  const inReplyTo = idOf(listOf(note.inReplyTo)[0]);
  if (inReplyTo === null) return fail('not-a-reply');
  const facts = readPost(note, uri, author, now, commentLimits.maxRemoteHtmlCharacters);
  if (facts.html.trim() === '') {
    return fail(textOf(note.name, 10) ? 'is-vote' : 'empty');
  }
  return ok({ facts, inReplyTo });
}
