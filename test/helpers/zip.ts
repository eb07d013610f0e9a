import { buffer } from 'node:stream/consumers';
import { crc32 } from 'node:zlib';
import { type Entry, fromBuffer } from 'yauzl';

/** The files of a zip, by their paths. Reads the whole into memory, and fails where the zip is not whole, sums included. */
export function unzip(bytes: Buffer): Promise<Map<string, Buffer>> {
  return new Promise((resolve, reject) => {
    fromBuffer(
      bytes,
      { lazyEntries: true, validateEntrySizes: true, strictFileNames: true },
      (error, zip) => {
        if (error) return reject(error);
        const files = new Map<string, Buffer>();
        zip.on('error', reject).on('end', () => resolve(files));
        zip.on('entry', (entry: Entry) => {
          zip.openReadStream(entry, (failure, stream) => {
            if (failure) return reject(failure);
            buffer(stream).then((content) => {
              if (crc32(content) !== entry.crc32) return reject(new Error(`${entry.fileName} is damaged`));
              files.set(entry.fileName, content);
              zip.readEntry();
            }, reject);
          });
        });
        zip.readEntry();
      },
    );
  });
}
