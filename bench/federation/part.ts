import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** What a process has used so far. */
export interface Usage {
  readonly cpuSeconds: number;
  readonly rssBytes: number;
}

type Answers = Readonly<Record<string, (data: never) => unknown>>;

/** A process of its own, so that what it spends is told apart from what the load generator spends. */
export interface Part {
  ask<T>(question: string, data?: unknown): Promise<T>;
  usage(): Promise<Usage>;
  stop(): Promise<void>;
}

/** Starts a file of this folder and waits until it is ready. */
export async function startPart(file: string, env: Readonly<Record<string, string>> = {}): Promise<Part> {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    execArgv: ['--disable-warning=ExperimentalWarning', ...(process.env.BENCH_NODE_ARGS?.split(' ') ?? [])],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit');
  let serial = 0;
  const ask = <T>(question: string, data?: unknown): Promise<T> => {
    serial += 1;
    return answerTo<T>(child, serial, { serial, question, data });
  };
  await ask('ready');
  return {
    ask,
    usage: () => ask<Usage>('usage'),
    async stop() {
      if (child.connected) child.send({ serial: 0, question: 'stop' });
      await exited;
    },
  };
}

function answerTo<T>(child: ChildProcess, serial: number, message: object): Promise<T> {
  return new Promise((resolve, reject) => {
    const gone = () => reject(new Error('A part of the benchmark ended.'));
    const listen = (answer: { serial: number; error?: string; value: T }) => {
      if (answer.serial !== serial) return;
      child.off('message', listen);
      child.off('exit', gone);
      if (answer.error === undefined) resolve(answer.value);
      else reject(new Error(answer.error));
    };
    child.on('message', listen);
    child.once('exit', gone);
    child.send(message);
  });
}

/** The other side: answers what the benchmark asks, one question after the other. */
export function servePart(answers: Answers, stop: () => Promise<unknown>): void {
  const all: Answers = {
    ready: () => true,
    usage: (): Usage => {
      const { user, system } = process.cpuUsage();
      return { cpuSeconds: (user + system) / 1_000_000, rssBytes: process.memoryUsage.rss() };
    },
    ...answers,
  };
  process.once('disconnect', () => process.exit());
  process.on('message', async (message: { serial: number; question: string; data: never }) => {
    const { serial, question, data } = message;
    if (question === 'stop') {
      await stop();
      process.disconnect();
      return;
    }
    try {
      process.send?.({ serial, value: await all[question]?.(data) });
    } catch (error) {
      process.send?.({ serial, error: String(error) });
    }
  });
}
