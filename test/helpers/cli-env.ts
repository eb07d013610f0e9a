import type { TestServer } from './server.ts';

/** What a command of the command line is run with beside a server under test. */
export const cliEnvOf = ({ context, dataDir }: TestServer) => ({
  ...{ VIREO_ENV: 'test', ORIGIN: context.config.origin, DATA_DIR: dataDir, LOG_LEVEL: 'silent' },
  ...{ DATABASE_URL: context.databaseUrl, REDIS_URL: context.redisUrl },
  REDIS_PREFIX: context.config.redisPrefix,
});
