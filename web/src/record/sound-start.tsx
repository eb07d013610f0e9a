import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { AboutSound } from '../sounds/about-sound.tsx';
import { say as sayOfSounds } from '../sounds/say.ts';
import styles from '../sounds/sound.module.css';
import { SoundChooser } from '../sounds/sound-chooser.tsx';
import { StartField, VolumeFields } from '../sounds/sound-fields.tsx';
import { Button } from '../ui/button.tsx';
import { ChooseFile } from '../ui/choose-file.tsx';
import { Icon } from '../ui/icon.tsx';
import type { Music } from './answer.ts';
import { say } from './say.ts';

/** What can be chosen of a sound before anything is recorded to it. */
export function SoundStart(props: Music & { onCamera: () => void; onFile: (file: File) => void }) {
  const { chosen, use, onChange } = props;
  return (
    <div class={styles.form}>
      <AboutSound sound={chosen.sound} />
      <StartField {...{ chosen, use, onChange }} />
      <VolumeFields {...{ use, onChange }} />
      <SoundHeadphones />
      <p>{sayOfSounds('intro')}</p>
      <div class={styles.deeds}>
        <Button onPress={props.onCamera}>{say('turnOn')}</Button>
        <ChooseFile label={sayOfSounds('file')} accept="video/*" icon="upload" onChoose={props.onFile} />
        <ChooseSound />
      </div>
    </div>
  );
}

/** What echoes otherwise. */
export function SoundHeadphones() {
  return (
    <p class={styles.hint}>
      <Icon name="info" size={20} />
      {sayOfSounds('headphones')}
    </p>
  );
}

/** The way to a sound to record to, or to another one. */
export function ChooseSound() {
  const { route, query } = useLocation();
  const [isChoosing, setChoosing] = useState(false);
  return (
    <>
      <Button look="quiet" icon="music" onPress={() => setChoosing(true)}>
        {query.sound === undefined ? sayOfSounds('add') : sayOfSounds('another')}
      </Button>
      {isChoosing && (
        <SoundChooser
          onClose={() => setChoosing(false)}
          onChoose={({ id }) => {
            setChoosing(false);
            route(`/record?sound=${id}`, true);
          }}
        />
      )}
    </>
  );
}
