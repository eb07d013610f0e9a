import { randomBytes } from 'node:crypto';
import { chmod, link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

const BASE64URL = /^[A-Za-z0-9_-]+$/;

/**
 * The secret kept in `dir/name`: `bytes` random bytes as base64url, created on first use with mode 0600.
 * Callers that race get the same value: a finished file is linked into place, and the first link wins.
 * Throws when the folder cannot be written or the file holds something else: a secret is never replaced,
 * because what it protects would be locked out.
 */
export async function loadOrCreateSecret(dir: string, name: string, bytes = 32): Promise<string> {
  const path = join(dir, name);
  const known = await readSecret(path);
  if (known !== undefined) return known;
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const draft = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await writeDurably(draft, `${randomBytes(bytes).toString('base64url')}\n`);
    await link(draft, path);
    // The name, too, must outlive a machine that loses its power: what was sealed in the meantime has no other key.
    await syncFolder(dir);
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
  } finally {
    await rm(draft, { force: true });
  }
  const created = await readSecret(path);
  if (created === undefined) throw new Error(`The secret ${path} vanished while it was being created.`);
  return created;
}

async function readSecret(path: string): Promise<string | undefined> {
  let text: string;
  try {
    text = (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  }
  if (!BASE64URL.test(text)) {
    throw new Error(`The secret ${path} is empty or damaged. Restore it from a backup.`);
  }
  // A backup restored with wide permissions must not stay readable for others.
  await chmod(path, 0o600);
  return text;
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
