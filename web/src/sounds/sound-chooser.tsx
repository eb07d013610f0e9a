import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Sound } from '../api/schema.gen.ts';
import { refusalOf } from '../remix/refusal.ts';
import { createPages, type Pages } from '../state/pages.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';
import { More } from '../ui/more.tsx';
import { Notice } from '../ui/page.tsx';
import { TabPanel, Tabs } from '../ui/tabs.tsx';
import { loadSavedSounds, loadSoundsNamed, loadTrendingSounds } from './calls.ts';
import { Disc } from './disc.tsx';
import { nameOf } from './names.ts';
import { say } from './say.ts';
import styles from './sound.module.css';

/** Longer texts are no names of sounds. */
const LONGEST_NAME = 60;
/** Nobody has stopped writing before. */
const PAUSE_MS = 250;

const lists = ['trending', 'saved'] as const;
type List = (typeof lists)[number];

interface ChooserProps {
  readonly onChoose: (sound: Sound) => void;
  readonly onClose: () => void;
}

/** Sounds that a clip can be made with: what trends, what one saved, or by name. Each can be listened to. */
export function SoundChooser({ onChoose, onClose }: ChooserProps) {
  const [text, setText] = useState('');
  const [list, setList] = useState<List>('trending');
  const name = useSettled(text.trim());
  const player = useListening();
  const pages = useMemo(
    () => ({
      trending: createPages<Sound>(loadTrendingSounds),
      saved: createPages<Sound>(loadSavedSounds),
    }),
    [],
  );
  const found = useMemo(() => (name === '' ? null : createPages<Sound>(loadSoundsNamed(name))), [name]);
  const row = { player, onChoose };
  return (
    <Dialog title={say('choose')} onClose={onClose}>
      <div class={styles.form}>
        <Field
          label={say('find')}
          name="sound-name"
          value={text}
          onInput={setText}
          maxLength={LONGEST_NAME}
          isNext
        />
        {found ? (
          <SoundRows key={name} pages={found} empty="nothingFound" {...row} />
        ) : (
          <>
            <Tabs
              label={say('lists')}
              tabs={lists.map((id) => ({ id, label: say(id) }))}
              current={list}
              onChange={setList}
            />
            <TabPanel id={list}>
              <SoundRows
                key={list}
                pages={pages[list]}
                empty={list === 'saved' ? 'noSaved' : 'nothingTrends'}
                {...row}
              />
            </TabPanel>
          </>
        )}
      </div>
    </Dialog>
  );
}

interface RowsProps {
  readonly pages: Pages<Sound>;
  readonly empty: 'nothingFound' | 'noSaved' | 'nothingTrends';
  readonly player: ReturnType<typeof useListening>;
  readonly onChoose: (sound: Sound) => void;
}

function SoundRows({ pages, empty, player, onChoose }: RowsProps) {
  const items = pages.items.value;
  return (
    <>
      {items.length > 0 && (
        <ul class={styles.list} aria-label={say('sounds')}>
          {items.map((sound) => (
            <Row key={sound.id} {...{ sound, player, onChoose }} />
          ))}
        </ul>
      )}
      {items.length === 0 && pages.phase.value === 'ended' && (
        <div role="status">
          <Notice icon="music" title={say(empty)} text={say(`${empty}Text`)} />
        </div>
      )}
      <More pages={pages} label={say('moreSounds')} />
    </>
  );
}

function Row({ sound, player, onChoose }: Omit<RowsProps, 'pages' | 'empty'> & { readonly sound: Sound }) {
  const name = nameOf(sound);
  const { use, audio_url: url, author } = sound;
  const isHeard = player.heard === url && url !== null;
  return (
    <li class={styles.choice}>
      {url === null ? (
        <Disc sound={sound} small />
      ) : (
        <IconButton
          icon={isHeard ? 'pause' : 'play'}
          label={say(isHeard ? 'stopListening' : 'listen', { name })}
          onPress={() => player.toggle(url)}
        />
      )}
      <span class={styles.words}>
        <bdi class={styles.name}>{name}</bdi>
        <span class={styles.uses}>
          {author && (
            <>
              <bdi>@{author.acct}</bdi> ·{' '}
            </>
          )}
          {say('uses', { n: sound.uses })}
        </span>
        {use && !use.allowed && <span class={styles.uses}>{refusalOf(use)}</span>}
      </span>
      {use?.allowed && url !== null && (
        <Button look="quiet" small label={say('takeWhat', { name })} onPress={() => onChoose(sound)}>
          {say('take')}
        </Button>
      )}
    </li>
  );
}

/** One sound at a time is listened to. */
function useListening() {
  const element = useRef<HTMLAudioElement | null>(null);
  const [heard, setHeard] = useState<string | null>(null);
  useEffect(() => {
    const audio = new Audio();
    element.current = audio;
    const end = () => setHeard(null);
    audio.addEventListener('ended', end);
    audio.addEventListener('error', end);
    return () => {
      audio.removeEventListener('ended', end);
      audio.removeEventListener('error', end);
      audio.pause();
      audio.removeAttribute('src');
    };
  }, []);
  return {
    heard,
    toggle(url: string) {
      const audio = element.current;
      if (!audio) return;
      if (heard === url) {
        audio.pause();
        return setHeard(null);
      }
      audio.src = url;
      setHeard(url);
      audio.play().catch(() => setHeard((now) => (now === url ? null : now)));
    },
  };
}

/** What was written, once nothing more comes for a moment. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}
