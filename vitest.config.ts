import { globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/helpers/longest-first.ts';
import { compiledWords } from './web/compiled-words.ts';

/** Suites that each need much of the machine: browsers, several servers at once, processes that are killed. */
const HEAVY = ['test/e2e/**/*.test.ts', 'test/chaos/**/*.test.ts', 'test/federation/**/*.test.ts'];
const NOT_OURS = ['**/node_modules/**', 'web/dist/**', '.cache/**', 'data/**'];

/** Files that put something else in the place of a module: it would stay there for the files after them. */
const MOCKING = globSync('**/*.test.ts', { exclude: NOT_OURS }).filter((file) =>
  /\bvi\.(mock|doMock)\(/.test(readFileSync(file, 'utf8')),
);

export default defineConfig({
  plugins: [compiledWords()],
  test: {
    pool: 'forks',
    // A process for every file would load the same modules each time, which takes longer than most files. They hold
    // no state: what a test may change hangs on the server that it starts.
    isolate: false,
    // One more than the least machine has cores: tests wait for timers, disks and each other's answers.
    maxWorkers: 3,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // A condition that comes true takes as long as the machine is busy; by itself Vitest waits for one second.
    expect: { poll: { timeout: 20_000 } },
    sequence: { sequencer: LongestFirst },
    globalSetup: ['test/helpers/global-setup.ts'],
    reporters: ['default', ['json', { outputFile: '.cache/test-report.json' }]],
    env: { SHARED_DIR: resolve(process.env.SHARED_DIR ?? '../shared') },
    projects: [
      {
        extends: true,
        test: { name: 'main', include: ['**/*.test.ts'], exclude: [...NOT_OURS, ...HEAVY, ...MOCKING] },
      },
      {
        extends: true,
        test: { name: 'alone', include: MOCKING, isolate: true, sequence: { groupOrder: 1 } },
      },
      {
        extends: true,
        // A group of its own: after everything else, and only two files at a time.
        test: {
          ...{ name: 'heavy', include: HEAVY, exclude: NOT_OURS },
          ...{ maxWorkers: 2, sequence: { groupOrder: 2 } },
        },
      },
    ],
  },
});
