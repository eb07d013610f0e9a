/** Pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Which part of a picture is taken: 1 is as much as fits, and the places are parts of what is left over. */
export interface Crop {
  readonly zoom: number;
  readonly x: number;
  readonly y: number;
}

export interface Box extends Size {
  readonly left: number;
  readonly top: number;
}

export const MAX_ZOOM = 4;
export const middle: Crop = { zoom: 1, x: 0.5, y: 0.5 };

/** The part of a picture that is shown in a frame of some shape. */
export function cropBox(picture: Size, aspect: number, { zoom, x, y }: Crop): Box {
  const width = Math.min(picture.width, picture.height * aspect) / zoom;
  const height = width / aspect;
  return { left: (picture.width - width) * x, top: (picture.height - height) * y, width, height };
}

/** The crop after the picture was dragged by parts of its frame: to the right shows more of its left. */
export function dragged(
  picture: Size,
  aspect: number,
  crop: Crop,
  by: { readonly x: number; readonly y: number },
): Crop {
  const box = cropBox(picture, aspect, crop);
  const moved = (at: number, part: number, shown: number, whole: number) =>
    whole - shown < 1 ? at : Math.min(1, Math.max(0, at - (part * shown) / (whole - shown)));
  return {
    zoom: crop.zoom,
    x: moved(crop.x, by.x, box.width, picture.width),
    y: moved(crop.y, by.y, box.height, picture.height),
  };
}
