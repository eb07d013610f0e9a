import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The server of docs/classifier.md, as a process of its own. */
export interface ClassifierProcess {
  readonly url: string;
  close(): Promise<void>;
}

/** Writes what the page says into a file below `folder`, and runs it as the page says. */
export async function startClassifierProcess(folder: string, secret: string): Promise<ClassifierProcess> {
  const page = await readFile(join(import.meta.dirname, '../../docs/classifier.md'), 'utf8');
  const [, code] = /```js\n([\s\S]*?)```/.exec(page) ?? [];
  if (code === undefined) throw new Error('docs/classifier.md has no server any more.');
  const path = join(folder, 'classifier.mjs');
  await writeFile(path, code);
  const child: ChildProcess = spawn(process.execPath, [path], {
    env: { PORT: '0', CLASSIFIER_SECRET: secret },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const port = await new Promise<string>((resolve, reject) => {
    child.once('exit', () => reject(new Error('The classifier did not start.')));
    child.stdout?.on('data', (text: Buffer) => {
      const [, found] = /listening on (\d+)/.exec(text.toString()) ?? [];
      if (found !== undefined) resolve(found);
    });
  });
  return {
    url: `http://127.0.0.1:${port}/`,
    async close() {
      if (child.exitCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}
