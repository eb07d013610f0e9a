import { useState } from 'preact/hooks';
import type { ApiOutcome } from '../../api/client.ts';
import type { Brand, BrandChange } from '../../api/schema.gen.ts';
import { toast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { ChooseFile } from '../../ui/choose-file.tsx';
import { Field } from '../../ui/field.tsx';
import { Failed, Loading } from '../../ui/page.tsx';
import { useRemote } from '../../ui/use-remote.ts';
import { Section } from '../parts/detail.tsx';
import { may } from '../permissions.ts';
import styles from './about.module.css';
import { type BrandRole, brand, removePicture, setPicture, takeBack } from './calls.ts';
import { say } from './say.ts';

const ROLES: readonly BrandRole[] = ['logo', 'icon', 'banner'];

/** The pictures that stand for the server: each counts as soon as it is chosen. */
export function Pictures() {
  const [remote, reload, set] = useRemote('branding', brand);
  const undo = async (auditId: string) => {
    const outcome = await takeBack(auditId);
    toast(outcome.ok ? say('undone') : outcome.sentence, outcome.ok ? 'info' : 'error');
    reload();
  };
  /** Shows what became of it, and offers the way back to those who may take it. */
  const done = (outcome: ApiOutcome<BrandChange>, sentence: string): boolean => {
    if (!outcome.ok) {
      toast(outcome.sentence, 'error');
      return false;
    }
    const { audit_id: id, brand: now } = outcome.value;
    set(now);
    const way = id !== null && may('audit') ? { label: say('undo'), run: () => void undo(id) } : undefined;
    toast(sentence, 'info', way);
    return true;
  };
  return (
    <Section title={say('pictures')}>
      <p>{say('picturesText')}</p>
      {remote.state === 'loading' && <Loading />}
      {remote.state === 'failed' && <Failed failure={remote.failure} onRetry={reload} />}
      {remote.state === 'ready' &&
        ROLES.map((role) => <Picture key={role} role={role} all={remote.value} done={done} />)}
    </Section>
  );
}

interface PictureProps {
  readonly role: BrandRole;
  readonly all: Brand;
  readonly done: (outcome: ApiOutcome<BrandChange>, sentence: string) => boolean;
}

function Picture({ role, all, done }: PictureProps) {
  const picture = all[role];
  const [busy, setBusy] = useState<'set' | 'remove' | 'describe' | null>(null);
  const [words, setWords] = useState(picture?.description ?? '');
  const what = say(role);
  const run = async (step: typeof busy, call: () => Promise<ApiOutcome<BrandChange>>, sentence: string) => {
    setBusy(step);
    done(await call(), sentence);
    setBusy(null);
  };
  return (
    <section class={styles.picture} aria-label={what}>
      <h3>{what}</h3>
      <p>{say(`${role}Text`)}</p>
      {picture ? (
        <div class={styles.shown}>
          {(['light', 'dark'] as const).map((scheme) => (
            <figure key={scheme} class={styles.ground} data-scheme={scheme}>
              <img src={picture.url} alt={role === 'banner' ? picture.description : ''} />
              <figcaption>{say(scheme)}</figcaption>
            </figure>
          ))}
        </div>
      ) : (
        <p class={styles.none}>{say('noPicture')}</p>
      )}
      <div class={styles.pictureButtons}>
        <ChooseFile
          label={say('choosePicture', { what })}
          accept="image/jpeg,image/png,image/webp"
          icon="upload"
          onChoose={(file) => run('set', () => setPicture(role, words, file), say('pictureSet', { what }))}
        />
        {picture && (
          <Button
            look="quiet"
            busy={busy === 'remove'}
            label={say('removePicture', { what })}
            onPress={() => run('remove', () => removePicture(role), say('pictureGone', { what }))}
          >
            {say('remove')}
          </Button>
        )}
        {busy === 'set' && <span role="status">{say('pictureBusy')}</span>}
      </div>
      {role === 'banner' && picture && (
        <div class={styles.own}>
          <Field
            label={say('alt')}
            hint={say('altHint')}
            name="banner-alt"
            value={words}
            maxLength={1_500}
            onInput={setWords}
          />
          <div>
            <Button
              look="quiet"
              busy={busy === 'describe'}
              onPress={() => run('describe', () => setPicture(role, words), say('altSaved'))}
            >
              {say('saveAlt')}
            </Button>
          </div>
        </div>
      )}
    </section>
  );
}
