import { digestIn } from './multihash.ts';
import { isObject, type JsonObject, listOf, numberOf, textOf, typesOf, uriOf } from './read.ts';

/** Readers of what a document says of files: none of it is trusted before the file itself was looked at. */

function isVideoType(mediaType: unknown): boolean {
  return /^video\//i.test(textOf(mediaType, 100) ?? '');
}

/** Whether an attachment is a video, as far as it says. */
export function isVideo(attachment: JsonObject): boolean {
  if (isVideoType(attachment.mediaType) || videoLinkOf(attachment)) return true;
  return typeof attachment.mediaType !== 'string' && typesOf(attachment).includes('Video');
}

/** The Link under `url` that says it is a video; others, such as one to a page, may stand before it. */
function videoLinkOf(attachment: JsonObject): JsonObject | undefined {
  return listOf(attachment.url)
    .filter(isObject)
    .find((link) => isVideoType(link.mediaType));
}

/** Where a file lies. `url` is a string, a Link, or a list of either. */
export function mediaUrlOf(file: JsonObject): string | null {
  for (const candidate of [videoLinkOf(file), ...listOf(file.url)]) {
    const url = uriOf(isObject(candidate) ? candidate.href : candidate);
    if (url) return url;
  }
  return uriOf(file.href);
}

/** SHA-256 in lower-case hex of the file behind `mediaUrlOf`, where it is said; null otherwise. */
export function mediaDigestOf(file: JsonObject): string | null {
  return digestIn(videoLinkOf(file), file);
}

/** The still picture of a video, from the first of the places where servers write it. */
export function posterOf(attachment: JsonObject, note: JsonObject): string | null {
  for (const candidate of [attachment.icon, note.icon, note.image, note.preview]) {
    for (const image of listOf(candidate)) {
      const url = uriOf(image) ?? (isObject(image) ? mediaUrlOf(image) : null);
      if (url) return url;
    }
  }
  return null;
}

const MAX_SECONDS = 24 * 3_600;

/** ISO 8601 duration of at most hours, as all servers write it, or plain seconds. */
export function secondsOf(value: unknown): number | null {
  const match = /^PT(?:(\d{1,3})H)?(?:(\d{1,4})M)?(?:(\d{1,6}(?:\.\d{1,6})?)S)?$/.exec(
    textOf(value, 40) ?? '',
  );
  const [, hours = '0', minutes = '0', seconds = '0'] = match ?? [];
  const total = match ? Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds) : numberOf(value);
  return total !== null && total > 0 && total <= MAX_SECONDS ? total : null;
}

/** Width or height in pixels. */
export function sideOf(value: unknown): number | null {
  const side = numberOf(value);
  return side !== null && Number.isInteger(side) && side > 0 && side <= 20_000 ? side : null;
}

/** Base 83, 6 to 100 characters. */
export function blurhashOf(value: unknown): string | null {
  const text = textOf(value, 101);
  return text && /^[0-9A-Za-z#$%*+,\-.:;=?@[\]^_{|}~]{6,100}$/.test(text) ? text : null;
}
