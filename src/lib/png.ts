import { crc32, deflateSync, inflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const BYTES_PER_PIXEL = 4;
const BITS = 8;
const RGBA = 6;

/** Red, green, blue and alpha of each pixel, row by row. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8Array;
}

/** A picture as a PNG file (RFC 2083). */
export function encodePng({ width, height, rgba }: Pixels): Buffer {
  const row = width * BYTES_PER_PIXEL;
  // Each row begins with how it is filtered: not at all.
  const rows = Buffer.alloc(height * (row + 1));
  for (let y = 0; y < height; y += 1) rows.set(rgba.subarray(y * row, (y + 1) * row), y * (row + 1) + 1);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([BITS, RGBA], 8);
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** The picture in a file of `encodePng`. Throws on any other. */
export function decodePng(file: Buffer): Pixels {
  const [width, height] = [file.readUInt32BE(16), file.readUInt32BE(20)];
  const row = width * BYTES_PER_PIXEL;
  const data = 41;
  const length = file.readUInt32BE(data - 8);
  const isOurs = file.subarray(0, 8).equals(SIGNATURE) && file[24] === BITS && file[25] === RGBA;
  if (!isOurs || file.toString('latin1', data - 4, data) !== 'IDAT')
    throw new TypeError('Not a PNG of ours.');
  const rows = inflateSync(file.subarray(data, data + length), { maxOutputLength: height * (row + 1) });
  const rgba = new Uint8Array(height * row);
  for (let y = 0; y < height; y += 1) {
    rgba.set(rows.subarray(y * (row + 1) + 1, (y + 1) * (row + 1)), y * row);
  }
  return { width, height, rgba };
}

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const around = Buffer.alloc(8);
  around.writeUInt32BE(data.length, 0);
  around.writeUInt32BE(crc32(named), 4);
  return Buffer.concat([around.subarray(0, 4), named, around.subarray(4)]);
}
