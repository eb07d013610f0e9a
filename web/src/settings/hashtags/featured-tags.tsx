import { toast } from '../../state/toasts.ts';
import { setTag } from '../../tags/calls.ts';
import { Button } from '../../ui/button.tsx';
import { Failed, Loading } from '../../ui/page.tsx';
import { useRemote } from '../../ui/use-remote.ts';
import { Section } from '../parts.tsx';
import styles from '../settings.module.css';
import { Chips } from '../watching/chips.tsx';
import { AddTag } from './add-tag.tsx';
import { featured, suggested } from './calls.ts';
import { say } from './say.ts';

/** Hashtags that a profile shows, and those that it might. */
export function FeaturedTags() {
  const [shown, reload] = useRemote('featured-tags', featured);
  const [ideas, reloadIdeas] = useRemote('featured-tag-ideas', suggested);
  const look = () => {
    reload();
    reloadIdeas();
  };
  const set = async (name: string, wanted: boolean) => {
    const outcome = await setTag(name, 'feature', wanted);
    look();
    if (!outcome.ok) return toast(outcome.sentence, 'error');
    const tag = `#${outcome.value.name}`;
    if (wanted) return toast(say('added', { tag }));
    toast(say('unfeatured', { tag }), 'info', { label: say('again'), run: () => void set(name, true) });
  };
  return (
    <Section title={say('featured')} text={say('featuredText')}>
      {shown.state === 'loading' && <Loading />}
      {shown.state === 'failed' && <Failed failure={shown.failure} onRetry={reload} />}
      {shown.state === 'ready' && (
        <Chips
          items={shown.value.map(({ name }) => name)}
          nameOf={(name) => `#${name}`}
          none={say('featuredNone')}
          onRemove={(name) => void set(name, false)}
        />
      )}
      {ideas.state === 'ready' && ideas.value.length > 0 && (
        <>
          <p>{say('often')}</p>
          <div class={`${styles.actions} ${styles.other}`}>
            {ideas.value.map(({ id, name }) => (
              <Button
                key={id}
                look="quiet"
                small
                icon="plus"
                label={say('showWhat', { tag: `#${name}` })}
                onPress={() => set(id, true)}
              >
                <bdi>#{name}</bdi>
              </Button>
            ))}
          </div>
        </>
      )}
      <AddTag deed="feature" action={say('feature')} onAdded={look} />
    </Section>
  );
}
