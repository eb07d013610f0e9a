import type { ComponentChildren } from 'preact';
import type { Sound } from '../api/schema.gen.ts';
import { refusalOf } from '../remix/refusal.ts';
import { ButtonLink } from '../ui/button.tsx';
import { Failed, Loading, Notice } from '../ui/page.tsx';
import { useRemote } from '../ui/use-remote.ts';
import { loadSound } from './calls.ts';
import { say } from './say.ts';

/** A sound that a clip can be made with. */
export interface Chosen {
  readonly sound: Sound;
  /** Of what is listened to. */
  readonly url: string;
  /** Seconds. */
  readonly duration: number;
}

interface WithSoundProps {
  readonly id: string;
  readonly children: (chosen: Chosen) => ComponentChildren;
  /** What can be done besides where the sound cannot be used. */
  readonly otherwise?: ComponentChildren;
}

/** Shows its content once the sound is there and may be used, and else says why not. */
export function WithSound({ id, children, otherwise }: WithSoundProps) {
  const [remote, reload] = useRemote(id, () => loadSound(id));
  if (remote.state === 'loading') return <Loading />;
  if (remote.state === 'failed') {
    const { status } = remote.failure;
    if (status !== 404 && status !== 422) return <Failed failure={remote.failure} onRetry={reload} />;
    return (
      <Notice icon="soundOff" title={say('notFound')} text={say('notFoundText')}>
        {otherwise ?? <ButtonLink href="/record">{say('withoutSound')}</ButtonLink>}
      </Notice>
    );
  }
  const sound = remote.value;
  const { use, audio_url: url, duration } = sound;
  if (use?.allowed && url !== null && duration !== null) return <>{children({ sound, url, duration })}</>;
  return (
    <Notice
      icon="shield"
      title={say('refusedTitle')}
      text={use && !use.allowed ? refusalOf(use) : say('copying')}
    >
      {otherwise ?? <ButtonLink href={`/sounds/${id}`}>{say('back')}</ButtonLink>}
    </Notice>
  );
}
