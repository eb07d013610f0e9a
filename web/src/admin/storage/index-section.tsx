import type { AdminStorage } from '../../api/schema.gen.ts';
import { ago, count } from '../../format.ts';
import { Callout } from '../parts/callout.tsx';
import { Facts, Section } from '../parts/detail.tsx';
import { say } from './say.ts';

/** What searches look in: the index of the database, and the search engine where there is one. */
export function IndexSection({ documents, behind, engine }: AdminStorage['search']) {
  const own = [
    { term: say('indexDocuments'), value: count(documents) },
    { term: say('indexBehind'), value: count(behind) },
  ];
  const beside = engine && [
    {
      term: say('engineDocuments'),
      value: engine.documents === null ? say('engineSilent') : count(engine.documents),
    },
    { term: say('engineBehind'), value: count(engine.behind) },
  ];
  return (
    <Section title={say('index')}>
      {engine && engine.failure !== null && (
        <Callout
          tone="bad"
          title={
            engine.failing_since === null
              ? say('engineAway')
              : say('engineAwaySince', { ago: ago(engine.failing_since) })
          }
          text={engine.failure}
        />
      )}
      <Facts facts={[...own, ...(beside ?? [])]} />
      {engine?.filling && <p role="status">{say('engineFilling')}</p>}
    </Section>
  );
}
