import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

/** Suites that each need much of the machine: browsers, several servers at once, processes that are killed. */
const HEAVY = ['test/e2e/**/*.test.ts', 'test/chaos/**/*.test.ts', 'test/federation/**/*.test.ts'];
const NOT_OURS = ['**/node_modules/**', 'web/dist/**', '.cache/**', 'data/**'];

export default defineConfig({
  test: {
    pool: 'forks',
    // One more than the least machine has cores: tests wait for timers, disks and each other's answers.
    maxWorkers: 3,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    globalSetup: ['test/helpers/global-setup.ts'],
    reporters: ['default', ['json', { outputFile: '.cache/test-report.json' }]],
    env: { SHARED_DIR: resolve(process.env.SHARED_DIR ?? '../shared') },
    projects: [
      {
        extends: true,
        test: { name: 'main', include: ['**/*.test.ts'], exclude: [...NOT_OURS, ...HEAVY] },
      },
      {
        extends: true,
        // A group of its own: after everything else, and only two files at a time.
        test: {
          ...{ name: 'heavy', include: HEAVY, exclude: NOT_OURS },
          ...{ maxWorkers: 2, sequence: { groupOrder: 1 } },
        },
      },
    ],
  },
});
