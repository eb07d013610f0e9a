import { join } from 'node:path';
import { readConfig } from '../../../config/config.ts';
import { type Context, createContext } from '../../context.ts';
import { createLogger } from '../../lib/log.ts';
import { type Running, startWeb, startWorker } from '../../server.ts';
import { freePort } from '../demo/instance.ts';

/** The whole server in this process, on a stack of its own. */
export interface OwnServer {
  readonly context: Context;
  /** Has it believe that it is so many milliseconds earlier. */
  readonly goBack: (ms: number) => void;
  stop(): Promise<void>;
}

const HOST = '127.0.0.1';

/** Starts all parts with their data in a folder. Throws with a sentence that says what to do. */
export async function startOwnServer(folder: string): Promise<OwnServer> {
  const port = await freePort(HOST, 3100);
  const { PATH, HOME, FFMPEG_PATH, FFPROBE_PATH, BWRAP_PATH, REDIS_SERVER_PATH } = process.env;
  const read = readConfig({
    ...{ PATH, HOME, FFMPEG_PATH, FFPROBE_PATH, BWRAP_PATH, REDIS_SERVER_PATH },
    ...{ VIREO_ENV: 'development', HOST, PORT: String(port), ORIGIN: `http://${HOST}:${port}` },
    ...{ DATA_DIR: join(folder, 'data'), INSTANCE_NAME: 'Vireo', REGISTRATIONS: 'open', MINIMUM_AGE: '0' },
  });
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  let behind = 0;
  const clock = { now: () => Date.now() - behind };
  const created = await createContext(read.config, { clock, log: createLogger('error') });
  if (!created.ok) throw new Error(created.detail ?? created.reason);
  const { context } = created;
  const running: Running[] = [await startWorker(context), await startWeb(context)];
  return {
    context,
    goBack(ms) {
      behind = ms;
    },
    async stop() {
      for (const part of running.reverse()) await part.stop();
      await context.close();
    },
  };
}
