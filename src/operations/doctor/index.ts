import type { Config } from '../../../config/config.ts';
import { createFfmpeg } from '../../../media/ffmpeg.ts';
import { addressesOf } from '../../connections.ts';
import { type Db, openDatabase } from '../../db/database.ts';
import { findRunningStack } from '../../embedded/index.ts';
import type { Logger } from '../../lib/log.ts';
import { openStores } from '../../stores.ts';
import { checkClassifier } from './classifier.ts';
import { type Finding, fault, wordsOf } from './finding.ts';
import { checkReachable } from './reachable.ts';
import { checkDisk, checkPostgres, checkRedis, checkStorage } from './stores.ts';
import { checkFfmpeg, checkMail } from './tools.ts';

export type { Finding } from './finding.ts';

/**
 * Looks at everything that this server stands on, each part by itself: one that is broken hides no other. Changes
 * nothing but an object of its own in the storage.
 */
export async function examine(config: Config, log: Logger, now = Date.now): Promise<Finding[]> {
  const findings = [
    ...(await Promise.all([
      safely('data', async () => [await checkDisk(config.dataDir)]),
      safely('ffmpeg', () =>
        checkFfmpeg(
          createFfmpeg({ ffmpegPath: config.ffmpegPath, ffprobePath: config.ffprobePath, threads: 1, log }),
        ),
      ),
      safely('mail', async () => [await checkMail(config.mail)]),
      safely('storage', async () => {
        const { s3, secondS3, files } = openStores(config);
        const first = await checkStorage(s3 ?? files, config, now);
        return secondS3 ? [...first, ...(await checkStorage(secondS3, config, now, 'SECOND_S3'))] : first;
      }),
    ])),
  ].flat();
  const stack = await findRunningStack(config.dataDir);
  const isEmbedded = config.databaseUrl === undefined || config.redisUrl === undefined;
  if (isEmbedded && !stack) {
    const what = 'The server does not run, and with it neither does its embedded database.';
    return [...findings, fault('server-stopped', what, 'Start it with npm start, and ask again.')];
  }
  const { databaseUrl, redisUrl } = addressesOf(config, stack ?? {});
  const db = openDatabase(databaseUrl, 2);
  try {
    const database = await safely('postgres', () => checkPostgres(db, now));
    findings.push(...database);
    const hasSchema = database.some(({ code }) => code === 'migrations');
    if (hasSchema) findings.push(...(await safely('classifier', () => checkClassifier(db, config))));
    findings.push(...(await safely('redis', () => checkRedis(redisUrl))));
    const owner = await ownerOf(db, config.owner.username);
    const maxUploadBytes = config.video.maxUploadBytes;
    findings.push(
      ...(await safely('origin', () => checkReachable({ ...config, owner, maxUploadBytes, now }))),
    );
    return findings;
  } finally {
    await db.destroy();
  }
}

/** Whose handle is looked up: the owner may have another name by now. */
async function ownerOf(db: Db, fallback: string): Promise<string> {
  const query = db('users')
    .join('accounts', 'accounts.id', 'users.account_id')
    .where({ 'users.role': 'owner' });
  return query.first('accounts.username').then(
    (row) => row?.username ?? fallback,
    () => fallback,
  );
}

async function safely(what: string, check: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await check();
  } catch (error) {
    return [
      fault(
        `${what}-failed`,
        `This could not be looked at: ${wordsOf(error)}.`,
        'Mend what is named here, and ask again.',
      ),
    ];
  }
}
