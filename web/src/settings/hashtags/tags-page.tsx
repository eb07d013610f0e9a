import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Tag } from '../../api/schema.gen.ts';
import { createPages } from '../../state/pages.ts';
import { toast } from '../../state/toasts.ts';
import { setTag } from '../../tags/calls.ts';
import { Button } from '../../ui/button.tsx';
import { Failed, Loading, Page } from '../../ui/page.tsx';
import { Section } from '../parts.tsx';
import { Chips } from '../watching/chips.tsx';
import { AddTag } from './add-tag.tsx';
import { listed } from './calls.ts';
import { say } from './say.ts';

/** Hashtags that somebody follows or has muted, and the ways out of both. */
export function HashtagsPage() {
  return (
    <Page title={say('title')}>
      <Listed deed="follow" title={say('followed')} text={say('followedText')} none={say('followedNone')} />
      <Listed deed="mute" title={say('muted')} text={say('mutedText')} none={say('mutedNone')} />
    </Page>
  );
}

interface ListedProps {
  readonly deed: 'follow' | 'mute';
  readonly title: string;
  readonly text: string;
  readonly none: string;
}

function Listed({ deed, title, text, none }: ListedProps) {
  const [round, setRound] = useState(0);
  const pages = useMemo(() => createPages(listed[deed]), [round]);
  useEffect(() => {
    void pages.loadMore();
  }, [pages]);
  const tags = pages.items.value;
  const phase = pages.phase.value;
  const problem = pages.problem.value;
  const end = async (id: string) => {
    const position = tags.findIndex((tag) => tag.id === id);
    const tag = tags[position];
    if (!tag) return;
    pages.remove(id);
    const outcome = await setTag(id, deed, false);
    if (!outcome.ok) {
      pages.restore(tag, position);
      return toast(outcome.sentence, 'error');
    }
    const run = () => void again(tag, position);
    toast(say(ended[deed], { tag: `#${tag.name}` }), 'info', { label: say('again'), run });
  };
  const again = async (tag: Tag, position: number) => {
    const outcome = await setTag(tag.id, deed, true);
    if (outcome.ok) pages.restore(tag, position);
    else toast(outcome.sentence, 'error');
  };
  return (
    <Section title={title} text={text}>
      {(phase === 'ended' || tags.length > 0) && (
        <Chips
          items={tags.map(({ id }) => id)}
          nameOf={(id) => `#${tags.find((tag) => tag.id === id)?.name ?? id}`}
          none={none}
          onRemove={end}
        />
      )}
      {(phase === 'new' || phase === 'loading') && <Loading />}
      {phase === 'failed' && problem && <Failed failure={problem} onRetry={pages.loadMore} />}
      {phase === 'ready' && (
        <Button look="quiet" onPress={pages.loadMore}>
          {say('more')}
        </Button>
      )}
      <AddTag deed={deed} action={say(deed)} onAdded={() => setRound(round + 1)} />
    </Section>
  );
}

const ended = { follow: 'unfollowed', mute: 'unmuted' } as const;
