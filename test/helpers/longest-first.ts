import { existsSync } from 'node:fs';
import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * The files that take longest, the longest first, of each project. By itself Vitest goes by what files took the last
 * time, and knows nothing in a fresh folder: one of these that begins last keeps a core waiting.
 */
const LONGEST = [
  'test/integration/remixes-made.test.ts',
  'test/security/search-visibility.test.ts',
  'test/integration/cli-total.test.ts',
  'test/checks/checks.test.ts',
  'test/integration/sound-rules.test.ts',
  'test/integration/media-remix.test.ts',
  'test/security/matrix-audiences.test.ts',
  'test/integration/classifier.test.ts',
  'test/security/media.test.ts',
  'test/integration/backups.test.ts',
  'test/integration/doctor.test.ts',
  'test/e2e/web-axe.test.ts',
  'test/e2e/web-keyboard.test.ts',
  'test/federation/discovery.test.ts',
  'test/chaos/kill-worker.test.ts',
  'test/e2e/web-story.test.ts',
  'test/e2e/web-pwa.test.ts',
  'test/e2e/web-discover.test.ts',
  'test/e2e/web-pseudo.test.ts',
  'test/chaos/kill-media.test.ts',
];

const gone = LONGEST.filter((file) => !existsSync(file));
if (gone.length > 0)
  throw new Error(`test/helpers/longest-first.ts names what is not there: ${gone.join(', ')}`);

/** Begins the files of each project with those that take longest, so that the short ones fill the end. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const place = ({ moduleId }: TestSpecification) => {
      const at = LONGEST.indexOf(relative(this.ctx.config.root, moduleId));
      return at < 0 ? LONGEST.length : at;
    };
    // Projects follow each other as they are told to.
    const projects = [...new Set(sorted.map(({ project }) => project.name))];
    return projects.flatMap((name) =>
      sorted.filter(({ project }) => project.name === name).sort((a, b) => place(a) - place(b)),
    );
  }
}
