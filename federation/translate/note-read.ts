import { videoLimits } from '../../config/limits.ts';
import { fail, ok, type Result } from '../../src/lib/result.ts';
import type { RemoteVideo } from '../../src/modules/videos/index.ts';
import { blurhashOf, isVideo, mediaDigestOf, mediaUrlOf, posterOf, secondsOf, sideOf } from './media-read.ts';
import { isBy, type PostAuthor, readPost } from './post-read.ts';
import { isObject, type JsonObject, listOf, textOf, typesOf, uriOf } from './read.ts';
import { QUOTE_LINE, readRemix, readRemixPolicy } from './remix.ts';
import { readSound } from './sound.ts';

export type UnusableNote = 'not-a-note' | 'not-the-author' | 'no-video' | 'is-reply';

/** A video of another server, and whom its post names. */
export interface ReadVideo {
  readonly video: RemoteVideo;
  /** Actor ids. */
  readonly named: readonly string[];
}

/**
 * A remote `Note` with a video attachment to what we keep of it. `author` is who was proven to send it;
 * the note must be theirs, by id and by attribution (security.md O2). Everything else is optional.
 */
export function readVideoNote(
  note: JsonObject,
  author: PostAuthor,
  now: number,
): Result<ReadVideo, UnusableNote> {
  const uri = uriOf(note.id);
  if (!uri || !typesOf(note).includes('Note')) return fail('not-a-note');
  if (!isBy(note, author.actorUri)) return fail('not-the-author');
  if (note.inReplyTo !== undefined && note.inReplyTo !== null) return fail('is-reply');
  const attachment = listOf(note.attachment).filter(isObject).find(isVideo);
  const sourceUrl = attachment ? mediaUrlOf(attachment) : null;
  if (!attachment || !sourceUrl) return fail('no-video');
  const remix = readRemix(note);
  const said = remix === null ? note : withoutQuoteLine(note);
  const { html, named, ...facts } = readPost(said, uri, author, now, 4 * videoLimits.maxCaptionCharacters);
  const video = {
    ...facts,
    captionHtml: html,
    altText:
      (textOf(attachment.summary, videoLimits.maxAltTextCharacters) ||
        textOf(attachment.name, videoLimits.maxAltTextCharacters)) ??
      '',
    durationSeconds: secondsOf(attachment.duration),
    width: sideOf(attachment.width),
    height: sideOf(attachment.height),
    blurhash: blurhashOf(attachment.blurhash),
    sourceUrl,
    sourceDigest: mediaDigestOf(attachment),
    sourcePosterUrl: posterOf(attachment, note),
    attributedTo: [],
    // Pixelfed's switch, and GoToSocial's policies, which our own posts have.
    commentsOpen: note.commentsEnabled !== false && isForOthers(note, author.actorUri),
    remixes: readRemixPolicy(note),
    remix,
    sound: readSound(note),
  };
  return ok({ video, named });
}

/** The text of a remix without the line that says in words what is shown beside it. */
function withoutQuoteLine(note: JsonObject): JsonObject {
  const strip = (html: unknown) => (typeof html === 'string' ? html.replace(QUOTE_LINE, '') : html);
  const { content, contentMap } = note;
  const map = isObject(contentMap)
    ? Object.fromEntries(Object.entries(contentMap).map(([language, html]) => [language, strip(html)]))
    : contentMap;
  return { ...note, content: strip(content), contentMap: map };
}

/** Whether anybody but its author may answer, with or without asking; true where that is not said. */
function isForOthers({ interactionPolicy }: JsonObject, authorUri: string): boolean {
  const policy = isObject(interactionPolicy) ? interactionPolicy.canReply : null;
  if (!isObject(policy)) return true;
  const { automaticApproval, manualApproval, always, approvalRequired } = policy;
  // The last two are their names of before.
  const said = [automaticApproval, manualApproval, always, approvalRequired].filter((list) => list != null);
  return said.length === 0 || said.flatMap(listOf).some((who) => uriOf(who) !== authorUri);
}
