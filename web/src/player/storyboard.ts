/** One picture of a storyboard: where it lies on which sheet, and from when to when it stands for the clip. */
export interface StoryboardTile {
  readonly start: number;
  readonly end: number;
  readonly sheet: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const CUE =
  /^((?:\d+:)?\d{2}:\d{2}\.\d{3}) --> ((?:\d+:)?\d{2}:\d{2}\.\d{3})[^\n]*\n([^\n#]+)#xywh=(?:pixel:)?(\d+),(\d+),(\d+),(\d+)/gm;

/** Reads a storyboard (WebVTT whose cues name parts of pictures; see `storyboard_url` of the API) that lies at an address. */
export function readStoryboard(text: string, address: string): StoryboardTile[] {
  return [...text.replaceAll('\r\n', '\n').matchAll(CUE)].map((match) => {
    const [, start = '', end = '', file = '', ...place] = match;
    const [x = 0, y = 0, width = 0, height = 0] = place.map(Number);
    return {
      start: secondsOf(start),
      end: secondsOf(end),
      sheet: new URL(file, address).href,
      x,
      y,
      width,
      height,
    };
  });
}

/** The picture that stands for a moment of the clip. */
export function tileAt(tiles: readonly StoryboardTile[], seconds: number): StoryboardTile | undefined {
  return tiles.findLast(({ start }) => start <= seconds) ?? tiles[0];
}

/** `01:02:03.500`, hours may be missing. */
function secondsOf(time: string): number {
  return time.split(':').reduce((total, part) => total * 60 + Number(part), 0);
}
