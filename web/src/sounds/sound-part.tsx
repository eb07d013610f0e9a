import { useState } from 'preact/hooks';
import type { Trim } from '../editing/trim.ts';
import { toast } from '../state/toasts.ts';
import { Button } from '../ui/button.tsx';
import { AboutSound } from './about-sound.tsx';
import { say } from './say.ts';
import styles from './sound.module.css';
import { SoundChooser } from './sound-chooser.tsx';
import { StartField, VolumeFields } from './sound-fields.tsx';
import { SoundPreview } from './sound-preview.tsx';
import { newUse, type SoundUse } from './use.ts';
import { WithSound } from './with-sound.tsx';

interface SoundPartProps {
  /** Null: the clip has the sound that it was recorded with. */
  readonly use: SoundUse | null;
  /** Of one's own file; null where there is none yet, or this browser cannot show it. */
  readonly url: string | null;
  readonly trim: Trim;
  readonly onChange: (use: SoundUse | null) => void;
}

/** The sound that an upload is made with, how both will sound together, and the way to another one or to none. */
export function SoundPart({ use, url, trim, onChange }: SoundPartProps) {
  const [isChoosing, setChoosing] = useState(false);
  const choose = (
    <Button look="quiet" icon="music" onPress={() => setChoosing(true)}>
      {use ? say('another') : say('add')}
    </Button>
  );
  const drop = (
    <Button
      look="quiet"
      icon="close"
      onPress={() => {
        onChange(null);
        toast(say('dropped'));
      }}
    >
      {say('withoutSound')}
    </Button>
  );
  const actions = (
    <div class={styles.deeds}>
      {choose}
      {use && drop}
    </div>
  );
  return (
    <section class={styles.form} aria-label={say('soundOfClip')}>
      {use ? (
        <WithSound key={use.id} id={use.id} otherwise={actions}>
          {(chosen) => (
            <>
              <AboutSound sound={chosen.sound} />
              {url && <SoundPreview {...{ chosen, use, url, trim }} />}
              <StartField {...{ chosen, use, onChange }} />
              <VolumeFields {...{ use, onChange }} />
              {actions}
            </>
          )}
        </WithSound>
      ) : (
        actions
      )}
      {isChoosing && (
        <SoundChooser
          onClose={() => setChoosing(false)}
          onChoose={({ id }) => {
            setChoosing(false);
            onChange(newUse(id));
          }}
        />
      )}
    </section>
  );
}
