import type { SignalOf } from '../signals/index.ts';
import { createCatalogue } from './catalogue.ts';
import { createCounts } from './counts.ts';
import { createDescribe } from './features.ts';
import { createRanker } from './ftrl.ts';
import { createHeat } from './heat.ts';
import { createIntake } from './intake.ts';
import { createLearning } from './learning.ts';
import { createLessons } from './lessons.ts';
import { contentVector, quantise } from './models/content.ts';
import { createPeople } from './people.ts';
import { createPool } from './pool.ts';
import type { RankingSettings } from './settings.ts';

/** All that an engine knows, and the one way in. `explored`: videos shown as often as this are explored no more. */
export function createState(settings: RankingSettings, explored: () => number) {
  const catalogue = createCatalogue(writeContent);
  const people = createPeople({ languages: catalogue.languageNames, tags: catalogue.tagNames });
  const pool = createPool(catalogue);
  const heat = createHeat(settings.heatHalfLifeMs);
  const counts = createCounts(catalogue, pool, explored);
  const ranker = createRanker(settings.ranker);
  const { describe, describeFor } = createDescribe(catalogue, counts, settings.ranker.bits);
  const lessons = createLessons(catalogue, people, ranker, describe);
  const learning = createLearning(catalogue, people);
  const intake = createIntake({ catalogue, people, pool, heat, counts, lessons, onVideo: learning.touch });
  return { catalogue, people, pool, heat, counts, ranker, lessons, learning, intake, describe, describeFor };
}

/** The creator counts by when they came, not by name: names must not matter. */
function writeContent(video: SignalOf<'video'>, author: number, out: Int8Array): void {
  quantise(contentVector({ ...video, authorId: String(author) }), out, 0);
}
