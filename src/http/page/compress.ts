import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Request } from 'express';

const toBrotli = promisify(brotliCompress);
const toGzip = promisify(gzip);
/** About as quick as gzip is, and smaller. */
const QUALITY = 5;

interface Body {
  readonly encoding: 'br' | 'gzip' | null;
  readonly bytes: Buffer;
}

/**
 * Makes a page as small as its reader takes it. For pages alone in which nothing is secret: how well a secret compresses beside what
 * others have written tells what it is (BREACH).
 */
export async function compressed(req: Request, page: string): Promise<Body> {
  const plain = Buffer.from(page);
  switch (req.acceptsEncodings('br', 'gzip')) {
    case 'br': {
      const params = {
        [constants.BROTLI_PARAM_QUALITY]: QUALITY,
        [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
        [constants.BROTLI_PARAM_SIZE_HINT]: plain.length,
      };
      return { encoding: 'br', bytes: await toBrotli(plain, { params }) };
    }
    case 'gzip':
      return { encoding: 'gzip', bytes: await toGzip(plain) };
    default:
      return { encoding: null, bytes: plain };
  }
}
