import { useEffect, useState } from 'preact/hooks';
import type { SoundOfClip } from '../clip/sound-line.ts';
import { Icon } from '../ui/icon.tsx';
import { loadSound } from './calls.ts';
import { say } from './say.ts';

/** Why a clip is played without its sound where somebody is; nothing where it is heard, or as long as that is not known. */
export function MutedHere({
  sound,
  class: name,
  size,
}: {
  sound: SoundOfClip;
  class: string | undefined;
  size: number;
}) {
  const isMuted = useMutedHere(sound);
  if (!isMuted) return null;
  const reason = sound.withheld?.reason ?? '';
  return (
    <p class={name} dir="auto">
      <Icon name="soundOff" size={size} />
      <span>{say('mutedHere', { because: reason === '' ? 'no' : 'yes', reason })}</span>
    </p>
  );
}

/** What is told of a clip is the same for everybody, so it is asked for where there is such a country. */
function useMutedHere({ id, withheld }: SoundOfClip): boolean {
  const [isMuted, setMuted] = useState(false);
  const mayBe = withheld?.action === 'mute';
  useEffect(() => {
    setMuted(false);
    if (!mayBe) return;
    let current = true;
    loadSound(id).then((outcome) => {
      if (current && outcome.ok) setMuted(outcome.value.here === 'muted');
    });
    return () => {
      current = false;
    };
  }, [id, mayBe]);
  return isMuted;
}
