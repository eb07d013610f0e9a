import { useState } from 'preact/hooks';
import type { Sound } from '../api/schema.gen.ts';
import { refusalOf } from '../remix/refusal.ts';
import { feedAt, ShareDialog } from '../share/share-dialog.tsx';
import { me } from '../state/session.ts';
import { toast } from '../state/toasts.ts';
import { Button, ButtonLink } from '../ui/button.tsx';
import { DownloadLink } from '../ui/download-link.tsx';
import { signInPath } from '../ui/links.ts';
import { setSoundSaved, usagePath } from './calls.ts';
import { ChangeDialog } from './change-dialog.tsx';
import { say } from './say.ts';
import styles from './sound.module.css';

interface DeedsProps {
  readonly sound: Sound;
  readonly name: string;
  readonly onChange: (sound: Sound) => void;
}

/** What one can do with a sound: hear where it is from, keep it, and say what it is called and whose it is where it is one's own. */
export function SoundDeeds({ sound, name, onChange }: DeedsProps) {
  const [isNaming, setNaming] = useState(false);
  const [sharing, setSharing] = useState(false);
  const { author, video_id } = sound;
  return (
    <div class={styles.deeds}>
      <Use sound={sound} />
      {author && video_id && (
        <ButtonLink href={`/@${author.acct}/${video_id}`} icon="play" look="quiet">
          {say('original')}
        </ButtonLink>
      )}
      <Save sound={sound} name={name} onChange={onChange} />
      {sound.own && (
        <Button look="quiet" onPress={() => setNaming(true)}>
          {say('change')}
        </Button>
      )}
      {sound.own && <DownloadLink href={usagePath(sound.id)}>{say('usage')}</DownloadLink>}
      <Button look="quiet" icon="share" onPress={() => setSharing(true)}>
        {say('share')}
      </Button>
      {sharing && (
        <ShareDialog
          heading={say('shareTitle')}
          link={sound.url}
          title={name}
          feed={feedAt(`sounds/${sound.id}`)}
          onClose={() => setSharing(false)}
        />
      )}
      {isNaming && <ChangeDialog sound={sound} onChange={onChange} onClose={() => setNaming(false)} />}
    </div>
  );
}

/** The way to a clip with the sound, or why there is none. */
function Use({ sound: { id, use } }: Pick<DeedsProps, 'sound'>) {
  // Whoever is not signed in is asked to on the page that it leads to.
  if (use && !use.allowed) return <p class={styles.uses}>{refusalOf(use)}</p>;
  return (
    <ButtonLink href={`/record?sound=${id}`} icon="music">
      {say('use')}
    </ButtonLink>
  );
}

function Save({ sound, name, onChange }: DeedsProps) {
  const [busy, setBusy] = useState(false);
  if (!me.value) {
    return (
      <ButtonLink href={signInPath()} icon="bookmark" look="quiet" label={say('saveWhat', { name })}>
        {say('save')}
      </ButtonLink>
    );
  }
  const wanted = !sound.saved;
  const change = async () => {
    setBusy(true);
    const outcome = await setSoundSaved(sound.id, wanted);
    setBusy(false);
    if (!outcome.ok) return toast(outcome.sentence, 'error');
    onChange(outcome.value);
    toast(say(wanted ? 'savedNow' : 'unsavedNow'));
  };
  return (
    <Button
      look="quiet"
      icon="bookmark"
      busy={busy}
      label={wanted ? say('saveWhat', { name }) : `${say('saved')}. ${say('unsaveWhat', { name })}`}
      onPress={change}
    >
      {wanted ? say('save') : say('saved')}
    </Button>
  );
}
