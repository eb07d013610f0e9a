import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmod,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ensureNode } from '../../src/setup/node.mjs';
import { findProgram } from '../../src/setup/step.mjs';
import { eventually } from '../helpers/chaos.ts';
import { processesOn } from '../helpers/probes.ts';

const SETUP = new URL('../../src/setup/', import.meta.url).pathname;

/** Writes one line for each thing that happens to it, and ends when the file `end` holds an exit code. */
const SERVER = `
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
const note = (line) => appendFileSync('events', line + '\\n');
process.on('SIGTERM', () => note('SIGTERM')).on('SIGINT', () => note('SIGINT'));
process.on('disconnect', () => { note('disconnect'); process.exit(0); });
note('up ' + JSON.stringify(process.argv.slice(2)));
setInterval(() => { if (existsSync('end')) process.exit(Number(readFileSync('end', 'utf8'))); }, 10);
`;

describe('run.mjs', () => {
  let root: string;
  const running: ChildProcess[] = [];

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'vireo-setup-'));
    await cp(SETUP, join(root, 'src', 'setup'), { recursive: true });
    await putPackage('1.0.0');
    await put('dep/package.json', '{"name":"dep","version":"1.0.0"}');
    await put('src/main.ts', SERVER);
    await put(
      'src/cli/main.ts',
      'const args: string[] = process.argv.slice(2); console.log(JSON.stringify(args));',
    );
    await put('bin/ffmpeg', '');
    await put('bin/ffprobe', '');
    await put('bin/redis-server', '');
    await symlink(process.execPath, join(root, 'bin', 'node'));
    await symlink(findProgram('npm', process.env) ?? '', join(root, 'bin', 'npm'));
  });

  afterEach(async () => {
    await put('end', '0');
    for (const child of running.splice(0)) {
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    }
    // What a test has killed leaves others behind, which write there until they are gone.
    await eventually('nobody works there', async () => (await processesOn(root)).length === 0);
    await rm(root, { recursive: true, force: true });
  });

  async function put(name: string, content: string): Promise<void> {
    const path = join(root, name);
    await mkdir(dirname(path), { recursive: true });
    // Whole at once, for a program that runs may be looking for it.
    await writeFile(`${path}.new`, content);
    await rename(`${path}.new`, path);
    if (name.startsWith('bin/')) await chmod(path, 0o755);
  }

  /** A project with one package, which lies beside it, so that npm needs no network. */
  async function putPackage(version: string): Promise<void> {
    const project = { name: 'sample', version, dependencies: { dep: 'file:dep' } };
    const link = { resolved: 'dep', link: true };
    const packages = { '': project, dep: { version: '1.0.0' }, 'node_modules/dep': link };
    await put('package.json', JSON.stringify(project));
    await put('package-lock.json', JSON.stringify({ name: 'sample', version, lockfileVersion: 3, packages }));
  }

  /** As if somebody had run `npm install` by hand. */
  function putNodeModules(): Promise<void> {
    const packages = { dep: { version: '1.0.0' }, 'node_modules/dep': { resolved: 'dep', link: true } };
    return put('node_modules/.package-lock.json', JSON.stringify({ packages }));
  }

  /** An npm that notes how it was called; `onCi` is what it does before it has "installed" with `npm ci`. */
  async function putNpm(onCi: string) {
    await put(
      'npm/npm-cli.js',
      `const fs = require('fs'); const args = process.argv.slice(2, -3);
       fs.appendFileSync('calls', args.join(' ') + '\\n');
       if (args[0] === 'ci') { ${onCi} }
       fs.mkdirSync('node_modules', { recursive: true });`,
    );
    const made = async () => (await readFile(join(root, 'calls'), 'utf8')).trim().split('\n');
    return { env: { npm_execpath: join(root, 'npm', 'npm-cli.js') }, made };
  }

  function run(args: readonly string[], env: Record<string, string> = {}) {
    const { HOME = '/' } = process.env;
    const child = spawn(process.execPath, [join(root, 'src', 'setup', 'run.mjs'), ...args], {
      env: { PATH: join(root, 'bin'), HOME, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    running.push(child);
    const output = Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]).then(
      ([stdout, stderr, [code]]) => ({ stdout, stderr, code: code as number | null }),
    );
    return { child, output };
  }

  const events = () =>
    readFile(join(root, 'events'), 'utf8').then(
      (lines) => lines.trim().split('\n'),
      () => [],
    );
  const happened = (...lines: string[]) =>
    vi.waitFor(async () => expect(await events()).toEqual(lines), { timeout: 20_000, interval: 10 });

  describe('around the program', () => {
    beforeEach(putNodeModules);

    test('passes arguments and output through, and says nothing when nothing is to be done', async () => {
      const { stdout, stderr, code } = await run(['cli', 'account', '--json', 'a b']).output;
      expect({ stdout, stderr, code }).toEqual({
        stdout: '["account","--json","a b"]\n',
        stderr: '',
        code: 0,
      });
    });

    test('ends with the code of the program', async () => {
      const { child, output } = run(['start', '--flag']);
      await happened('up ["--flag"]');
      await put('end', '7');
      expect((await output).code).toBe(7);
      expect(child.signalCode).toBeNull();
    });

    test('tells the program when it was started, where its tools are, and where to keep what is compiled', async () => {
      await put(
        'src/main.ts',
        `const { VIREO_STARTED_AT: at, FFMPEG_PATH: ffmpeg, NODE_COMPILE_CACHE: cache } = process.env;
        console.log(at, ffmpeg, cache);`,
      );
      const before = Date.now();
      const [startedAt, ffmpeg, cache] = (await run(['start']).output).stdout.trim().split(' ');
      expect(Number(startedAt)).toBeGreaterThanOrEqual(before - 1_000);
      expect(Number(startedAt)).toBeLessThanOrEqual(Date.now());
      expect(ffmpeg).toBe(join(root, 'bin', 'ffmpeg'));
      expect(cache).toBe(join(root, '.cache', 'compile'));
    });

    test('asks a server once to stop, however often it is asked, and waits for it', async () => {
      const { child, output } = run(['start']);
      await happened('up []');
      // To the whole group, as a terminal does, and again and again, as npm and an impatient person do.
      const begun = performance.now();
      do {
        process.kill(-(child.pid ?? 0), 'SIGINT');
        await happened('up []', 'SIGTERM');
      } while (performance.now() - begun < 500);
      expect(child.exitCode).toBeNull();
      await put('end', '0');
      expect((await output).code).toBe(0);
      expect(await events()).toEqual(['up []', 'SIGTERM']);
    });

    test('a server learns that the command was killed', async () => {
      const { child } = run(['start']);
      await happened('up []');
      child.kill('SIGKILL');
      await happened('up []', 'disconnect');
    });

    test('a server is stopped when npm was killed', async () => {
      const npm = spawn('/bin/sh', ['-c', `"${process.execPath}" src/setup/run.mjs start; true`], {
        cwd: root,
        env: {
          PATH: join(root, 'bin'),
          HOME: process.env.HOME ?? '/',
          npm_lifecycle_event: 'start',
        },
        stdio: 'ignore',
      });
      await happened('up []');
      npm.kill('SIGKILL');
      await happened('up []', 'SIGTERM');
    });

    test('names its commands when it does not know one', async () => {
      for (const name of ['restart', 'toString']) {
        const { stderr, code } = await run([name]).output;
        expect(code).toBe(1);
        expect(stderr).toMatch(/^Usage: .* start \| demo/);
      }
    });
  });

  describe('packages', () => {
    test('are installed when the lockfile changes, and only then', async () => {
      expect((await run(['cli']).output).stderr).toMatch(/^Installing the npm packages \.\.\. \d+\.\d s\n$/);
      expect((await run(['cli']).output).stderr).toBe('');
      await putPackage('1.0.1');
      await put('node_modules/.package-lock.json', '{"packages":{}}');
      expect((await run(['cli']).output).stderr).toMatch(/^Installing/);
    });

    test('that somebody installed by hand are taken as they are', async () => {
      await putNodeModules();
      await put('node_modules/kept', '');
      expect((await run(['cli']).output).stderr).toBe('');
      expect(await readdir(join(root, 'node_modules'))).toContain('kept');
    });

    test('for development come with the commands that need them, and are never taken away again', async () => {
      await put('src/setup/generate-docs.ts', '');
      const calls = await putNpm('');
      await run(['cli'], calls.env).output;
      await run(['docs'], calls.env).output;
      await run(['cli'], calls.env).output;
      await putPackage('1.0.1');
      await run(['cli'], calls.env).output;
      expect(await calls.made()).toEqual([
        'ci --omit=dev --include=optional',
        'ci --include=dev --include=optional',
        'ci --include=dev --include=optional',
      ]);
    });

    test('are installed in spite of a lockfile that lacks packages of other systems', async () => {
      const calls = await putNpm('console.log("npm error Missing: other@ from lock file"); process.exit(1)');
      await put('node_modules/rest-of-an-earlier-install', '');
      const { code, stderr } = await run(['cli'], calls.env).output;
      expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(/^Installing .* s\n$/) });
      expect(await calls.made()).toEqual([
        'ci --omit=dev --include=optional',
        'install --no-save --omit=dev --include=optional',
      ]);
      expect(await readdir(join(root, 'node_modules'))).toEqual(['.vireo-install.json']);
    });

    test('that cannot be installed stop the command with a message', async () => {
      await put('package.json', '{');
      const { stderr, code } = await run(['cli']).output;
      expect(code).toBe(1);
      expect(stderr).toContain('npm could not install the packages');
      expect(stderr).not.toContain('    at ');
    });
  });

  describe('system tools', () => {
    beforeEach(putNodeModules);

    test.runIf(process.getuid?.() === 0)(
      'that are missing are installed with apt by root, and the sandbox with them',
      async () => {
        await rm(join(root, 'bin', 'redis-server'));
        await put(
          'bin/apt-get',
          `#!/bin/sh\necho "$@" >> ${root}/apt\n/bin/touch ${root}/bin/redis-server\n`,
        );
        await put('src/main.ts', '');
        expect(await run(['start']).output).toMatchObject({
          code: 0,
          stderr: expect.stringMatching(
            /^Installing redis-server and bubblewrap with apt-get \.\.\. \d+\.\d s\n$/,
          ),
        });
        expect((await readFile(join(root, 'apt'), 'utf8')).trim().split('\n')).toEqual([
          'update -o DPkg::Lock::Timeout=300',
          'install -y --no-install-recommends -o DPkg::Lock::Timeout=300 redis-server bubblewrap',
        ]);
      },
    );

    test.runIf(process.getuid?.() === 0)('that apt does not bring are reported with its words', async () => {
      await rm(join(root, 'bin', 'ffmpeg'));
      await put('bin/apt-get', '#!/bin/sh\necho "no such package"\nexit 100\n');
      const { stderr, code } = await run(['start']).output;
      expect(code).toBe(1);
      expect(stderr).toContain('no such package');
    });

    test('that nobody can install are named, with the command that does it', async () => {
      await rm(join(root, 'bin', 'ffmpeg'));
      await put('bin/brew', '');
      const { stderr, code } = await run(['start']).output;
      expect(code).toBe(1);
      expect(stderr).toContain('Not found: ffmpeg.');
      expect(stderr).toContain('  brew install ffmpeg\n');
      expect(stderr).toContain('FFMPEG_PATH');
    });

    test('may be elsewhere, and a configured Redis needs no redis-server', async () => {
      await rm(join(root, 'bin', 'redis-server'));
      await rm(join(root, 'bin', 'ffmpeg'));
      await put('other/ffmpeg', '');
      await put('src/main.ts', 'console.log(process.env.FFMPEG_PATH, process.env.REDIS_SERVER_PATH);');
      const env = { REDIS_URL: 'redis://127.0.0.1:1', FFMPEG_PATH: join(root, 'other', 'ffmpeg') };
      expect(await run(['start'], env).output).toMatchObject({
        code: 0,
        stdout: `${env.FFMPEG_PATH} undefined\n`,
      });
    });
  });

  describe('the web client', () => {
    beforeEach(async () => {
      await putNodeModules();
      await put('src/main.ts', '');
      await put('web/index.html', 'one');
      await put(
        'node_modules/vite/bin/vite.js',
        `const fs = require('fs'); fs.appendFileSync('builds', process.argv.slice(2).join(' ') + '\\n');
         fs.rmSync('web/dist', { recursive: true, force: true }); fs.mkdirSync('web/dist');
         if (fs.readFileSync('web/index.html', 'utf8') === 'broken') { console.log('syntax error'); process.exit(1); }`,
      );
    });

    test('is built when its sources change, and only then', async () => {
      expect((await run(['start']).output).stderr).toMatch(/^Building the web client \.\.\. \d+\.\d s\n$/);
      expect((await run(['start']).output).stderr).toBe('');
      await put('web/index.html', 'two');
      await run(['start']).output;
      expect(await readFile(join(root, 'builds'), 'utf8')).toBe('build web\nbuild web\n');
    });

    test('that does not build stops the command, and is tried again', async () => {
      await put('web/index.html', 'broken');
      for (const _ of ['first', 'second']) {
        const { stderr, code } = await run(['start']).output;
        expect(stderr).toContain('syntax error');
        expect(code).toBe(1);
      }
    });
  });

  describe('an old Node.js', () => {
    const toolchain = () => join(root, '.cache', 'toolchain');

    async function fakeNpm(script: string) {
      await put(
        'npm/npm-cli.js',
        `const fs = require('fs'); const home = process.argv[process.argv.indexOf('--prefix') + 1]; ${script}`,
      );
      return ensureNode({ root, env: { npm_execpath: join(root, 'npm', 'npm-cli.js') }, running: '20.20.2' });
    }

    const install = (version: string, node: string) => `
      const name = process.argv.find((word) => word.startsWith('node-')).split('@')[0];
      const folder = home + '/node_modules/' + name; fs.mkdirSync(folder + '/bin', { recursive: true });
      fs.writeFileSync(folder + '/package.json', '{"version":"${version}"}');
      fs.writeFileSync(folder + '/bin/node', ${JSON.stringify(node)}, { mode: 0o755 });`;

    test('is replaced once by one that npm fetches', async () => {
      const { path, version } = await fakeNpm(install('24.21.0', '#!/bin/sh\n'));
      expect(version).toBe('24.21.0');
      expect(path.startsWith(join(toolchain(), 'node24'))).toBe(true);
      expect((await fakeNpm('process.exit(1)')).path).toBe(path);
    });

    test('is replaced again after a fetch of another version, or one that was cut short', async () => {
      await put('.cache/toolchain/node24.new-dead/node_modules/x', '');
      await put('.cache/toolchain/node24/package.json', '{}');
      await fakeNpm(install('24.21.0', '#!/bin/sh\n'));
      expect(await readdir(join(toolchain(), 'node24'))).toEqual(['node_modules']);
    });

    test.each([
      ['npm cannot fetch it', 'console.log("no network"); process.exit(1)', 'no network'],
      ['it does not run here', install('24.21.0', '#!/bin/sh\nexit 1\n'), 'does not run on this system'],
    ])('is named when %s, and nothing half is kept', async (_, script, message) => {
      await expect(fakeNpm(script)).rejects.toThrow(message);
      expect(await readdir(toolchain())).not.toContain('node24');
    });
  });
});
