import { plainText } from '../format.ts';
import type { Kind } from './describe.ts';
import type { Entry } from './entries.ts';

/** What was said, or why something was refused; empty where the sentence says it all. */
export function excerptOf(kind: Kind, { status, clip, group }: Entry): string {
  if (kind === 'rejected') return group.processing?.detail ?? '';
  if (kind === 'reported') return group.report?.comment ?? '';
  const post = status ?? clip;
  if (!post || post.sensitive) return post?.spoiler_text ?? '';
  return plainText(post.content);
}
