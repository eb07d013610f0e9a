import { statfs } from 'node:fs/promises';
import type { DiskUse, Place } from './room.ts';

/** The file system that a folder lies on. */
export function diskPlace(name: string, path: string): Place {
  return { name, use: () => diskUse(path) };
}

async function diskUse(path: string): Promise<DiskUse | null> {
  const { bsize, blocks, bfree, bavail } = await statfs(path);
  const usedBytes = (blocks - bfree) * bsize;
  return { usedBytes, totalBytes: usedBytes + bavail * bsize };
}

/** A bucket that may hold so much, by what was measured last. */
export function bucketPlace(name: string, maxBytes: number, usedBytes: () => Promise<number>): Place {
  return { name, use: async () => ({ usedBytes: await usedBytes(), totalBytes: maxBytes }) };
}
