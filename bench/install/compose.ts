import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';

const texts = z.record(z.string(), z.string());
const service = z.object({
  environment: texts.default({}),
  env_file: z.string().optional(),
  command: z.array(z.string()).default([]),
  mem_limit: z
    .string()
    .regex(/^\d+[mg]$/)
    .optional(),
});
const file = z.object({ services: z.record(z.string(), service) });

/** What an engine would run: a service of the compose file with its environment and command, variables filled in. */
export interface ComposeService {
  readonly environment: Readonly<Record<string, string>>;
  readonly command: readonly string[];
  /** More than this an engine does not let it have; null: as much as there is. */
  readonly limitMib: number | null;
}

/**
 * Reads `docker-compose.yml` of a checkout, with the given variables or those of its `.env`. Throws where one that has to
 * be set is not.
 */
export async function readCompose(
  root: string,
  given?: Readonly<Record<string, string>>,
): Promise<ReadonlyMap<string, ComposeService>> {
  const read = (name: string) => readFile(join(root, name), 'utf8');
  const env = given ?? texts.parse(parseEnv(await read('.env')));
  const fill = (text: string) =>
    text.replace(/\$\{(\w+)(:[-?])?([^}]*)\}/g, (_, name: string, how = '', rest = '') => {
      const value = env[name];
      if (value) return value;
      if (how === ':?') throw new Error(`${name}: ${rest}`);
      return how === ':-' ? rest : '';
    });
  const { services } = file.parse(parseYaml(await read('docker-compose.yml'), { merge: true }));
  return new Map(
    Object.entries(services).map(([name, { environment, env_file: from, command, mem_limit: limit }]) => [
      name,
      {
        environment: {
          ...(from === '.env' ? env : {}),
          ...Object.fromEntries(Object.entries(environment).map(([key, text]) => [key, fill(text)])),
        },
        command: command.map(fill),
        limitMib: limit === undefined ? null : Number.parseInt(limit, 10) * (limit.endsWith('g') ? 1024 : 1),
      },
    ]),
  );
}

/** The steps of the Dockerfile that need no engine, and how the program is started. */
export async function readDockerfile(root: string) {
  const text = await readFile(join(root, 'Dockerfile'), 'utf8');
  const [, set = ''] = /^ENV (.*)$/m.exec(text) ?? [];
  const [, command = '[]'] = /^CMD (.*)$/m.exec(text) ?? [];
  return {
    /** Of the first stage, in order; packages of Debian are not among them. */
    steps: [...text.matchAll(/^RUN ((?:npm|node) .*)$/gm)].map(([, step = '']) => step),
    environment: texts.parse(parseEnv(set.replaceAll(' ', '\n'))),
    command: z.array(z.string()).parse(JSON.parse(command)),
  };
}
