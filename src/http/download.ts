import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import type { OpenedObject } from '../../media/storage/storage.ts';
import { ApiError } from './errors.ts';
import { hasAlready, wantedRange } from './media/conditions.ts';

/** A stored file that is for one person alone. */
export interface Download {
  /** What it is called where it is saved. */
  readonly name: string;
  readonly size: number;
  readonly etag: string;
  /** Null where it is gone. Both ends are included. */
  open(range: { readonly start: number; readonly end: number }): Promise<OpenedObject | null>;
}

/**
 * Sends a file, or the one range that is asked for, so that a broken download goes on where it ended. No cache keeps
 * anything of it, and no page may embed it.
 */
export async function sendDownload(
  req: Request,
  res: Response,
  contentType: string,
  { name, size, etag, open }: Download,
): Promise<void> {
  res.attachment(name).set({ 'Cache-Control': 'private, no-store', 'Accept-Ranges': 'bytes', ETag: etag });
  if (hasAlready(req, etag)) return void res.status(304).end();
  const range = wantedRange(req, size, etag);
  if (range === 'unsatisfiable') return void res.status(416).set('Content-Range', `bytes */${size}`).end();
  const { start, end } = range ?? { start: 0, end: size - 1 };
  const begin = () => {
    if (range) res.status(206).set('Content-Range', `bytes ${start}-${end}/${size}`);
    res.type(contentType).set('Content-Length', String(end - start + 1));
  };
  if (req.method === 'HEAD') {
    begin();
    return void res.end();
  }
  const opened = await open({ start, end });
  if (!opened) throw new ApiError('not-found');
  begin();
  // Whoever gives up breaks the connection; that is no failure.
  await pipeline(opened.stream, res).catch(() => res.destroy());
}
