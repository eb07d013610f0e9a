import { useEffect, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { instance } from '../state/session.ts';
import { Button, ButtonLink } from '../ui/button.tsx';
import type { IconName } from '../ui/icon.tsx';
import { NeedsSession } from '../ui/needs-session.tsx';
import { Loading, Notice, Page } from '../ui/page.tsx';
import { clearDraft, draftFile, draftTrim } from '../upload/draft.ts';
import { type Camera, type CameraProblem, closeCamera, openCamera } from './camera.ts';
import styles from './record.module.css';
import { Review } from './review.tsx';
import { say } from './say.ts';
import { Studio } from './studio.tsx';
import { type Take, trimOf } from './takes.ts';

/** A clip from the camera: takes, a look at them, and then what one says about it. */
export function RecordPage() {
  return (
    <NeedsSession title={say('title')} text={say('needed')}>
      <Page title={say('title')}>
        <Steps />
      </Page>
    </NeedsSession>
  );
}

type Step =
  | { readonly name: 'asking' | 'opening' }
  | { readonly name: 'problem'; readonly problem: CameraProblem | 'broken' }
  | { readonly name: 'takes'; readonly camera: Camera }
  | { readonly name: 'review'; readonly file: File; readonly takes: readonly Take[] };

function Steps() {
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
  const most = instance.value?.configuration.media_attachments.video_duration_limit;
  if (most === undefined) return <Loading />;
  switch (step.name) {
    case 'asking':
      return (
        <Notice icon="play" title={say('title')} text={say('intro')}>
          <Button onPress={() => open(null)}>{say('turnOn')}</Button>
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
          onAgain={() => open(null)}
          onUse={() => {
            clearDraft();
            draftFile.value = step.file;
            draftTrim.value = trimOf(step.takes);
            route('/upload');
          }}
        />
      );
  }
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
