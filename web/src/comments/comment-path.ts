import type { Status } from '../api/types.ts';
import { clipPath } from '../ui/links.ts';

/** Of the section that shows the comments of a clip. */
export const commentsId = (clipId: string): string => `comments-${clipId}`;

/** Of the element of a comment. */
export const elementId = (id: string): string => `comment-${id}`;

/** Where a comment is found again: the page of its clip, which goes to it. */
export const commentPath = (clip: Status, id: string): string => `${clipPath(clip)}?comment=${id}`;
