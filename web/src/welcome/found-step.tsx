import { FindableSettings } from '../settings/findable.tsx';
import { Button } from '../ui/button.tsx';
import { say } from './say.ts';
import { StepFrame } from './step-frame.tsx';
import styles from './welcome.module.css';

/** Asks whether strangers may find somebody: nobody is found by words who did not say so. What is chosen holds at once. */
export function FoundStep({ onNext, onBack }: { onNext: () => void; onBack: () => void }) {
  return (
    <StepFrame
      n={3}
      title={say('foundTitle')}
      text={say('foundText')}
      actions={
        <>
          <Button look="quiet" onPress={onBack}>
            {say('back')}
          </Button>
          <Button onPress={onNext}>{say('next')}</Button>
        </>
      }
    >
      <section class={styles.part} aria-label={say('foundTitle')}>
        <FindableSettings />
      </section>
    </StepFrame>
  );
}
