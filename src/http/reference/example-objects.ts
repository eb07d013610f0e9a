import { filled, readRecorded } from './example.ts';
import { examplesOf } from './examples.ts';

interface Named {
  readonly examples?: Record<string, { readonly summary: string; readonly value: unknown }>;
}

const recorded = readRecorded();

/** The examples of one route as OpenAPI has them: JSON bodies, answers and refusals, each by its name. */
export function shownExamples(of: string): {
  readonly bodies: Named;
  readonly answers: Named;
  readonly refusals: Named;
} {
  const all = examplesOf(of).map((example) => ({
    ...filled(example, recorded.values),
    summary: example.title,
  }));
  const answersOf = (isRefusal: boolean) =>
    all
      .filter(({ status }) => status >= 300 === isRefusal)
      .map(({ name, summary }) => [name, { summary, value: recorded.answers[name] }] as const);
  const bodies = all.flatMap(({ name, summary, body }) =>
    body && 'json' in body ? [[name, { summary, value: body.json }] as const] : [],
  );
  return { bodies: named(bodies), answers: named(answersOf(false)), refusals: named(answersOf(true)) };
}

function named(entries: readonly (readonly [string, { summary: string; value: unknown }])[]): Named {
  return entries.length === 0 ? {} : { examples: Object.fromEntries(entries) };
}
