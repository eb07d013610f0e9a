import { z } from 'zod';
import { describeAlgorithm } from '../../../modules/recommending/index.ts';
import { route } from '../../route.ts';

const algorithmEntity = z
  .object({
    weights_version: z.string().describe('Changes with any number of the ranking'),
    parts: z.array(
      z.object({
        id: z.string(),
        title: z.string(),
        sentences: z.array(z.string()),
        numbers: z.array(z.object({ name: z.string(), value: z.number(), words: z.string() })),
      }),
    ),
  })
  .meta({ id: 'Algorithm' });

export const getAlgorithm = route({
  method: 'get',
  path: '/api/v1/algorithm',
  summary: 'What this server goes by when it chooses videos for people, with every number as it is now.',
  audience: 'anyone',
  scope: null,
  output: algorithmEntity,
  handler: async ({ deps }) => {
    const { weightsVersion, parts } = describeAlgorithm(await deps.recommending.settings.current());
    return {
      weights_version: weightsVersion,
      parts: parts.map((part) => ({
        ...{ id: part.id, title: part.title, sentences: [...part.sentences] },
        numbers: part.numbers.map((number) => ({ ...number })),
      })),
    };
  },
});
