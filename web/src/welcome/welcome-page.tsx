import { useEffect } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { me } from '../state/session.ts';
import { Button, ButtonLink } from '../ui/button.tsx';
import { Icon, type IconName } from '../ui/icon.tsx';
import { safeNext } from '../ui/links.ts';
import { NeedsSession } from '../ui/needs-session.tsx';
import { FoundStep } from './found-step.tsx';
import { InterestsStep } from './interests-step.tsx';
import { PeopleStep } from './people-step.tsx';
import { say } from './say.ts';
import { rememberWelcome } from './seen.ts';
import { StepFrame } from './step-frame.tsx';
import { type Step, steps } from './steps.ts';
import styles from './welcome.module.css';

/** The first steps of somebody who is new: what they like, whom they follow, who finds them, and where things are. Each can be skipped. */
export function WelcomePage() {
  return (
    <NeedsSession title={say('interestsTitle')} text={say('needed')}>
      <Welcome />
    </NeedsSession>
  );
}

function Welcome() {
  const { query, route } = useLocation();
  const step = steps.find((name) => name === query.step) ?? 'interests';
  useEffect(() => {
    if (me.value) rememberWelcome(me.value);
  }, []);
  const next = safeNext(query.next);
  const goTo = (wanted: Step) => {
    const search = new URLSearchParams({ step: wanted, ...(next === '/' ? {} : { next }) });
    route(`/welcome?${search}`);
  };
  switch (step) {
    case 'people':
      return <PeopleStep onNext={() => goTo('found')} onBack={() => goTo('interests')} />;
    case 'found':
      return <FoundStep onNext={() => goTo('done')} onBack={() => goTo('people')} />;
    case 'done':
      return <DoneStep next={next} onBack={() => goTo('found')} />;
    default:
      return <InterestsStep onNext={() => goTo('people')} />;
  }
}

function DoneStep({ next, onBack }: { next: string; onBack: () => void }) {
  return (
    <StepFrame
      n={4}
      title={say('doneTitle')}
      text={say('doneText')}
      actions={
        <>
          <Button look="quiet" onPress={onBack}>
            {say('back')}
          </Button>
          <ButtonLink href={next}>{next === '/' ? say('watch') : say('goOn')}</ButtonLink>
        </>
      }
    >
      <ul class={styles.hints}>
        <Hint icon="inbox" title={say('inbox')} text={say('inboxText')} href="/inbox" />
        <Hint icon="person" title={say('profile')} text={say('profileText')} href="/settings/profile" />
        <Hint icon="settings" title={say('settings')} text={say('settingsText')} href="/settings" />
      </ul>
    </StepFrame>
  );
}

function Hint({ icon, title, text, href }: { icon: IconName; title: string; text: string; href: string }) {
  return (
    <li class={styles.hint}>
      <Icon name={icon} />
      <p>
        <a href={href}>{title}</a>
        <small>{text}</small>
      </p>
    </li>
  );
}
