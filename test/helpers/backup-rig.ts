import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mediaKey, originalKey } from '../../media/keys.ts';
import { contentTypeOf, type ObjectStorage } from '../../media/storage/storage.ts';
import { digestOf } from '../../media/storage/transfer.ts';
import { vireo } from '../../src/cli/program.ts';
import type { Context } from '../../src/context.ts';
import type { Account } from '../../src/modules/accounts/index.ts';
import { createVideoFactory } from './factories.ts';
import { sha256Of } from './storage-rig.ts';

/** A folder for backups and servers made of them, removed at the end. */
export async function backupFolder() {
  const directory = await mkdtemp(join(tmpdir(), 'vireo-backups-'));
  return {
    path: (name: string) => join(directory, name),
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

/** Runs the command line in another surrounding; gives what it printed as JSON. */
export async function backupCommand(env: Readonly<Record<string, string>>, ...args: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const code = await vireo(['--json', 'backup', ...args], {
    env,
    stdout: { write: (text: string) => out.push(text) > 0 },
    stderr: { write: (text: string) => err.push(text) > 0 },
  });
  const said = JSON.parse(out.join('') || '{}') as { message: string; rows: Record<string, unknown>[] };
  return { code, err: err.join(''), ...said };
}

/** Puts a published video with real objects there: a file that is played, and the one that was uploaded. */
export async function addStoredVideo(context: Context, account: Account, size = 5_000) {
  const { db, storage } = context;
  const id = await createVideoFactory(context).video(account, { assets: [] });
  const content = randomBytes(size).toString('hex');
  const key = mediaKey(id, sha256Of(content), '720.mp4');
  const put = (name: string, text: string) =>
    storage.putBytes(name, Buffer.from(text), { contentType: contentTypeOf(name) });
  await put(key, content);
  await put(originalKey(id), `original ${content}`);
  await db('videos')
    .where({ id })
    .update({ original_key: originalKey(id) });
  await db('video_assets').insert({
    ...{ key, video_id: id, role: 'mp4', content_type: 'video/mp4' },
    ...{ bytes: content.length, sha256: sha256Of(content) },
  });
  return { id, key };
}

/** Keys and hashes of everything a server has stored. */
export async function hashesOf(storage: ObjectStorage): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {};
  for (const prefix of ['media/', 'originals/']) {
    for await (const { key } of storage.list(prefix))
      hashes[key] = (await digestOf(storage, key))?.sha256 ?? '';
  }
  return Object.fromEntries(Object.entries(hashes).sort());
}

/** Rows of every table, in one order, but for those that are not in backups. */
export async function rowsOf({ db }: Pick<Context, 'db'>): Promise<Record<string, string>> {
  const names: string[] = await db('pg_class')
    .join('pg_namespace', 'pg_namespace.oid', 'relnamespace')
    .where({ nspname: 'public', relkind: 'r' })
    .whereNotIn('relname', [
      'migrations',
      'migrations_lock',
      'schema_compat',
      'backup_objects',
      'backup_runs',
      'backup_asks',
    ])
    .pluck('relname');
  const rows: Record<string, string> = {};
  for (const name of names.sort()) {
    const { rows: found } = await db.raw(
      `select count(*)::text || ' ' || coalesce(md5(string_agg(t::text, '|' order by t::text)), '') as sum from ?? as t`,
      [name],
    );
    rows[name] = found[0].sum;
  }
  return rows;
}
