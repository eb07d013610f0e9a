import { useEffect, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { noTrim, type Trim } from '../editing/trim.ts';
import { AboutOriginal } from '../remix/about-original.tsx';
import { type Kind, kinds, newRemix, ownSeconds } from '../remix/order.ts';
import { type Original, WithOriginal } from '../remix/original.tsx';
import remixStyles from '../remix/remix.module.css';
import { HeadphonesHint, LayoutField, RemixFields } from '../remix/remix-fields.tsx';
import { say as sayOfRemix } from '../remix/say.ts';
import { say as sayOfSounds } from '../sounds/say.ts';
import { newUse, secondsTo } from '../sounds/use.ts';
import { type Chosen, WithSound } from '../sounds/with-sound.tsx';
import { instance } from '../state/session.ts';
import { Button, ButtonLink } from '../ui/button.tsx';
import { ChooseFile } from '../ui/choose-file.tsx';
import type { IconName } from '../ui/icon.tsx';
import { NeedsSession } from '../ui/needs-session.tsx';
import { Loading, Notice, Page } from '../ui/page.tsx';
import { changeRemix, changeSound, clearDraft, draftFile, draftTrim } from '../upload/draft.ts';
import type { Answer, Music } from './answer.ts';
import { type Camera, type CameraProblem, closeCamera, openCamera } from './camera.ts';
import styles from './record.module.css';
import { Review } from './review.tsx';
import { say } from './say.ts';
import { ChooseSound, SoundStart } from './sound-start.tsx';
import { Studio } from './studio.tsx';
import { type Take, trimOf } from './takes.ts';

/** A clip from the camera: takes, a look at them, and then what one says about it. By itself, or as an answer to another clip. */
export function RecordPage() {
  const { query } = useLocation();
  const kind = kinds.find((name) => /^\d+$/.test(query[name] ?? ''));
  if (kind) return <RemixPage key={`${kind} ${query[kind]}`} kind={kind} id={query[kind] ?? ''} />;
  if (/^\d+$/.test(query.sound ?? '')) return <MusicPage key={query.sound} id={query.sound ?? ''} />;
  return (
    <NeedsSession title={say('title')} text={say('needed')}>
      <Page title={say('title')}>
        <Steps />
      </Page>
    </NeedsSession>
  );
}

function RemixPage({ kind, id }: { kind: Kind; id: string }) {
  const isDuet = kind === 'duet';
  const title = sayOfRemix(isDuet ? 'makeDuet' : 'makeStitch');
  return (
    <NeedsSession title={title} text={sayOfRemix(isDuet ? 'neededDuet' : 'neededStitch')}>
      <Page title={title}>
        <WithOriginal kind={kind} id={id}>
          {(original) => <RemixSteps kind={kind} original={original} />}
        </WithOriginal>
      </Page>
    </NeedsSession>
  );
}

function MusicPage({ id }: { id: string }) {
  const title = sayOfSounds('make');
  return (
    <NeedsSession title={title} text={sayOfSounds('needed')}>
      <Page title={title}>
        <WithSound id={id}>{(chosen) => <MusicSteps chosen={chosen} />}</WithSound>
      </Page>
    </NeedsSession>
  );
}

function MusicSteps({ chosen }: { chosen: Chosen }) {
  const [use, setUse] = useState(() => newUse(chosen.sound.id));
  return <Steps music={{ chosen, use, onChange: setUse }} />;
}

function RemixSteps({ kind, original }: { kind: Kind; original: Original }) {
  const [remix, setRemix] = useState(() => newRemix(kind, original.status.id, original.duration));
  return <Steps answer={{ original, remix, onChange: setRemix }} />;
}

type Step =
  | { readonly name: 'asking' | 'opening' }
  | { readonly name: 'problem'; readonly problem: CameraProblem | 'broken' }
  | { readonly name: 'takes'; readonly camera: Camera }
  | { readonly name: 'review'; readonly file: File; readonly takes: readonly Take[] };

function Steps({ answer, music }: { answer?: Answer; music?: Music }) {
  const { route } = useLocation();
  const [step, setStep] = useState<Step>({ name: 'asking' });
  const camera = step.name === 'takes' ? step.camera : null;
  // Whoever leaves turns the camera off.
  useEffect(() => () => camera && closeCamera(camera), [camera]);
  const open = async (deviceId: string | null) => {
    if (camera) closeCamera(camera);
    setStep({ name: 'opening' });
    const found = await openCamera(deviceId);
    setStep(
      typeof found === 'string' ? { name: 'problem', problem: found } : { name: 'takes', camera: found },
    );
  };
  const limit = instance.value?.configuration.media_attachments.video_duration_limit;
  if (limit === undefined) return <Loading />;
  const most = answer
    ? ownSeconds(answer.remix, answer.original.duration, limit)
    : music
      ? secondsTo(music.use, music.chosen.duration, limit)
      : limit;
  const use = (file: File, trim: Trim) => {
    clearDraft();
    draftFile.value = file;
    draftTrim.value = trim;
    if (answer) changeRemix(answer.remix);
    if (music) changeSound(music.use);
    route('/upload');
  };
  switch (step.name) {
    case 'asking':
      if (answer)
        return <RemixStart {...answer} onCamera={() => open(null)} onFile={(file) => use(file, noTrim)} />;
      if (music)
        return <SoundStart {...music} onCamera={() => open(null)} onFile={(file) => use(file, noTrim)} />;
      return (
        <Notice icon="play" title={say('title')} text={say('intro')}>
          <div class={styles.actions}>
            <Button onPress={() => open(null)}>{say('turnOn')}</Button>
            <ChooseSound />
          </div>
        </Notice>
      );
    case 'opening':
      return <Loading label={say('turningOn')} />;
    case 'problem':
      return <Problem problem={step.problem} onRetry={() => open(null)} />;
    case 'takes':
      return (
        <Studio
          camera={step.camera}
          mostSeconds={most}
          beside={
            answer?.remix.kind === 'duet'
              ? { original: answer.original, layout: answer.remix.layout }
              : undefined
          }
          music={music}
          onFlip={(deviceId) => open(deviceId)}
          onBroken={() => setStep({ name: 'problem', problem: 'broken' })}
          onDone={(file, takes) => setStep({ name: 'review', file, takes })}
        />
      );
    case 'review':
      return (
        <Review
          file={step.file}
          trim={trimOf(step.takes)}
          answer={answer}
          music={music}
          onAgain={() => open(null)}
          onUse={() => use(step.file, trimOf(step.takes))}
        />
      );
  }
}

/** What can be chosen before there is anything of one's own. */
function RemixStart(props: Answer & { onCamera: () => void; onFile: (file: File) => void }) {
  const { original, remix, onChange } = props;
  const isDuet = remix.kind === 'duet';
  return (
    <div class={remixStyles.start}>
      <AboutOriginal kind={remix.kind} original={original} />
      {isDuet ? (
        <>
          <LayoutField duet={remix} onChange={onChange} />
          <HeadphonesHint />
        </>
      ) : (
        <RemixFields {...{ original, remix, onChange }} />
      )}
      <p>{sayOfRemix(isDuet ? 'intro' : 'introStitch')}</p>
      <div class={styles.actions}>
        <Button onPress={props.onCamera}>{say('turnOn')}</Button>
        <ChooseFile label={sayOfRemix('file')} accept="video/*" icon="upload" onChoose={props.onFile} />
      </div>
    </div>
  );
}

const problems = {
  denied: { icon: 'shield', title: 'deniedTitle', text: 'denied' },
  none: { icon: 'alert', title: 'noneTitle', text: 'none' },
  busy: { icon: 'alert', title: 'busyTitle', text: 'busy' },
  unsupported: { icon: 'alert', title: 'unsupportedTitle', text: 'unsupported' },
  broken: { icon: 'alert', title: 'brokenTitle', text: 'broken' },
} as const satisfies Record<CameraProblem | 'broken', { icon: IconName; title: string; text: string }>;

function Problem({ problem, onRetry }: { problem: keyof typeof problems; onRetry: () => void }) {
  const { icon, title, text } = problems[problem];
  return (
    <div role="alert">
      <Notice icon={icon} title={say(title)} text={say(text)}>
        <div class={styles.actions}>
          {problem !== 'unsupported' && <Button onPress={onRetry}>{say('retry')}</Button>}
          <ButtonLink href="/upload" look={problem === 'unsupported' ? 'primary' : 'quiet'}>
            {say('upload')}
          </ButtonLink>
        </div>
      </Notice>
    </div>
  );
}
