import type { Media } from '../api/types.ts';

/** Portrait clips up to this shape fill a phone from edge to edge; others are shown whole. */
const PORTRAIT = 0.7;
/** What a clip is taken for until its shape is known. */
const USUAL = 9 / 16;

/** Its width by its height. */
export const aspectOf = ({ meta }: Media): number => meta.original.aspect ?? USUAL;

/** Whether a clip fills a phone, rather than being shown whole. */
export const fillsPhone = (media: Media): boolean => aspectOf(media) < PORTRAIT;
