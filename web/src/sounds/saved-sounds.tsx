import { useMemo } from 'preact/hooks';
import type { Sound } from '../api/schema.gen.ts';
import { createPages } from '../state/pages.ts';
import { me } from '../state/session.ts';
import { ButtonLink } from '../ui/button.tsx';
import { More } from '../ui/more.tsx';
import { Notice } from '../ui/page.tsx';
import { loadSavedSounds } from './calls.ts';
import { Disc } from './disc.tsx';
import { nameOf } from './names.ts';
import { say } from './say.ts';
import styles from './sound.module.css';

/** The sounds that somebody saved, last saved first; for them alone. */
export function SavedSounds() {
  const pages = useMemo(() => createPages<Sound>(loadSavedSounds), [me.value?.id]);
  const items = pages.items.value;
  return (
    <>
      {items.length > 0 && (
        <ul class={styles.list} aria-label={say('savedSounds')}>
          {items.map((sound) => (
            <li key={sound.id}>
              <a class={styles.item} href={`/sounds/${sound.id}`}>
                <Disc sound={sound} small />
                <span class={styles.words}>
                  <bdi class={styles.name}>{nameOf(sound)}</bdi>
                  <span class={styles.uses}>{say('uses', { n: sound.uses })}</span>
                </span>
              </a>
            </li>
          ))}
        </ul>
      )}
      {items.length === 0 && pages.phase.value === 'ended' && (
        <Notice icon="music" title={say('noSaved')} text={say('noSavedText')}>
          <ButtonLink href="/">{say('watch')}</ButtonLink>
        </Notice>
      )}
      <More pages={pages} label={say('moreSounds')} />
    </>
  );
}
