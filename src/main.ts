import { randomBytes } from 'node:crypto';
import { describeProblems, readConfig } from '../config/config.ts';
import { type Context, createContext } from './context.ts';
import { startMetrics } from './metrics-server.ts';
import { type Running, startWeb, startWorker } from './server.ts';

/** Runs one process of the server: read the configuration, start, wait for a signal, stop. */
async function main(): Promise<number> {
  const stopping = stopRequest();
  const read = readConfig(process.env);
  if (!read.ok) return say(describeProblems(read.problems), 1);
  const created = await createContext(read.config);
  if (!created.ok) return say(created.detail ?? created.reason, 1);
  const { context } = created;
  const running: Running[] = [];
  try {
    const firstPassword = await ensureOwner(context);
    await releaseUnconfirmed(context);
    if (context.config.role !== 'web') running.push(await startWorker(context));
    if (context.config.role !== 'worker') running.push(await startWeb(context));
    // Last, so that it tells of nothing that does not listen yet.
    const metrics = await startMetrics(context);
    if (metrics) running.push(metrics);
    await reportReady(context, firstPassword);
    context.log.info({ reason: await stopping }, 'stopping');
    context.lifecycle.beginStop();
    return 0;
  } catch (error) {
    const { code, port: taken } = error as NodeJS.ErrnoException & { port?: number };
    if (code !== 'EADDRINUSE') throw error;
    const { host, port } = context.config.listen;
    const { metricsListen } = context.config;
    if (metricsListen && taken === metricsListen.port) {
      return say(`Port ${taken} is in use. Stop the other program, or set METRICS_LISTEN to another.`, 1);
    }
    return say(`Port ${port} on ${host} is in use. Stop the other program, or set PORT to a free one.`, 1);
  } finally {
    for (const part of running.reverse()) await part.stop();
    await context.close();
  }
}

/** Resolves when somebody wants the server to stop: a signal, or the end of the process that started it. */
function stopRequest(): Promise<string> {
  return new Promise((resolve) => {
    process.once('SIGTERM', () => resolve('SIGTERM'));
    process.once('SIGINT', () => resolve('SIGINT'));
    process.once('disconnect', () => resolve('the parent process ended'));
  });
}

/** On the first start there is nobody yet: makes the owner, and returns the password if it was made up. */
async function ensureOwner({ auth, inTx, config, closing }: Context): Promise<string | null> {
  if (config.role === 'worker' || (await auth.owner())) return null;
  // The owner left with everybody else, and the server goes on until other servers have heard of it.
  if (await closing.status()) return null;
  const given = config.owner.password?.reveal();
  const password = given ?? randomBytes(12).toString('base64url');
  const form = await auth.prepareSignUp({ username: config.owner.username, password });
  const made = await inTx((tx) => auth.createFirstOwner(tx, form));
  // By another process, or by vireo setup, in this very moment.
  if (!made.ok && made.reason === 'owner-exists') return null;
  if (!made.ok) throw new Error(`The owner account could not be made: ${made.detail}`);
  return given === undefined ? password : null;
}

/**
 * Where mail was turned off, nobody can confirm an address any more. Only the server itself does this: the command line
 * may be run without its variables.
 */
async function releaseUnconfirmed({ auth, inTx, mail, config }: Context): Promise<void> {
  if (!mail.isOn && config.role !== 'worker') await inTx((tx) => auth.emails.confirmAll(tx));
}

async function reportReady({ config, log, ffmpeg }: Context, firstPassword: string | null): Promise<void> {
  const startedAt = Number(process.env.VIREO_STARTED_AT);
  const seconds = ((Date.now() - (startedAt || performance.timeOrigin)) / 1_000).toFixed(1);
  const mail = config.mail === null ? 'off' : 'on';
  log.info({ role: config.role, origin: config.origin, seconds: Number(seconds), mail }, 'ready');
  const usable = await ffmpeg.check();
  if (!usable.ok) log.error({ detail: usable.detail }, 'videos cannot be processed here');
  if (config.role === 'worker') return;
  say(`\n  Vireo is ready after ${seconds} s: ${config.origin}`);
  if (firstPassword !== null) {
    say(`  Sign in as ${config.owner.username} with the password ${firstPassword}`);
    say('  It is shown only this once. Lost it? npm run cli -- user password NAME');
  } else {
    say(`  Sign in there as ${config.owner.username}, or make an account.`);
  }
  say(`  Data: ${config.dataDir}. Stop with Ctrl-C.\n`);
}

function say(text: string, code = 0): number {
  process.stdout.write(`${text}\n`);
  return code;
}

process.exitCode = await main();
if (process.connected) process.disconnect();
