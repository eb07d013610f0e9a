/** A picture of one plane, row by row. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

const WINDOW = 8;
const STEP = 4;
const COUNT = WINDOW * WINDOW;
/** (K L)² of Wang et al. 2004, for sums over a window instead of means, as the filter of ffmpeg takes them. */
const C1 = 0.01 ** 2 * 255 ** 2 * COUNT;
const C2 = 0.03 ** 2 * 255 ** 2 * COUNT * (COUNT - 1);

/**
 * Structural similarity of two pictures of the same size (Wang et al. 2004): 1 where they are the same. Windows of
 * 8 x 8 pixels that overlap by half, as in the `ssim` filter of ffmpeg.
 */
export function ssim(one: Plane, other: Plane): number {
  if (one.width !== other.width || one.height !== other.height)
    throw new Error('Pictures of different sizes');
  let [sum, windows] = [0, 0];
  for (let y = 0; y + WINDOW <= one.height; y += STEP) {
    for (let x = 0; x + WINDOW <= one.width; x += STEP) {
      sum += windowSimilarity(one.pixels, other.pixels, y * one.width + x, one.width);
      windows += 1;
    }
  }
  if (windows === 0) throw new Error('Pictures smaller than a window');
  return sum / windows;
}

function windowSimilarity(one: Uint8Array, other: Uint8Array, from: number, stride: number): number {
  let [sumA, sumB, squares, products] = [0, 0, 0, 0];
  for (let row = 0; row < WINDOW; row += 1) {
    const start = from + row * stride;
    for (let at = start; at < start + WINDOW; at += 1) {
      const [a = 0, b = 0] = [one[at], other[at]];
      sumA += a;
      sumB += b;
      squares += a * a + b * b;
      products += a * b;
    }
  }
  const variances = squares * COUNT - sumA * sumA - sumB * sumB;
  const covariance = products * COUNT - sumA * sumB;
  const likeness = (2 * sumA * sumB + C1) * (2 * covariance + C2);
  return likeness / ((sumA * sumA + sumB * sumB + C1) * (variances + C2));
}

/** The brightness of pixels of `channels` bytes that begin with red, green and blue (BT.709). */
export function lumaOf(pixels: Uint8Array, channels: 3 | 4): Uint8Array {
  const luma = new Uint8Array(pixels.length / channels);
  for (let at = 0, from = 0; at < luma.length; at += 1, from += channels) {
    const [red, green, blue] = [pixels[from] ?? 0, pixels[from + 1] ?? 0, pixels[from + 2] ?? 0];
    luma[at] = Math.round(0.2126 * red + 0.7152 * green + 0.0722 * blue);
  }
  return luma;
}
