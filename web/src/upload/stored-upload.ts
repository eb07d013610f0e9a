import { store, stored } from '../state/stored.ts';
import type { UploadDetails } from './draft.ts';

/** What is needed to go on with an upload after the page was closed. */
export interface StoredUpload {
  readonly videoId: string;
  readonly uploadUrl: string;
  /** Name, bytes and last change: how the same file is known again. */
  readonly name: string;
  readonly size: number;
  readonly lastModified: number;
  /** Bytes that arrived. */
  readonly sent: number;
  readonly details: UploadDetails;
}

const KEY = 'vireo.upload';

/** The upload that was not finished, if there is one. */
export function readStoredUpload(): StoredUpload | null {
  try {
    const value: unknown = JSON.parse(stored(KEY) ?? 'null');
    return isStoredUpload(value) ? value : null;
  } catch {
    return null;
  }
}

/** Remembers an upload; `null` forgets it. */
export function writeStoredUpload(upload: StoredUpload | null): void {
  store(KEY, upload && JSON.stringify(upload));
}

/** Whether this is the file an upload was begun with. */
export function isSameFile(file: File, upload: StoredUpload): boolean {
  return file.name === upload.name && file.size === upload.size && file.lastModified === upload.lastModified;
}

function isStoredUpload(value: unknown): value is StoredUpload {
  return (
    typeof value === 'object' &&
    value !== null &&
    ['videoId', 'uploadUrl', 'name'].every((key) => typeof Reflect.get(value, key) === 'string') &&
    ['size', 'lastModified', 'sent'].every((key) => typeof Reflect.get(value, key) === 'number') &&
    'details' in value &&
    typeof value.details === 'object'
  );
}
