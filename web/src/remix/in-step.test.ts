import fc from 'fast-check';
import { expect, test } from 'vitest';
import { correction, move, type Step, type StepEvent } from './in-step.ts';

const events: readonly StepEvent[] = ['start', 'stop', 'playing', 'stalled', 'ended', 'failed'];

/** A recorder and a clip, which do what they are told and count time. */
function pair() {
  let step: Step = 'resting';
  let [isRecording, isPlaying] = [false, false];
  const faults: string[] = [];
  return {
    faults,
    get state() {
      return { step, isRecording, isPlaying };
    },
    tell(event: StepEvent) {
      const moved = move(step, event);
      step = moved.step;
      for (const deed of moved.deeds) {
        if (deed === 'begin' && isRecording) faults.push('begun twice');
        if (deed === 'rest' && !isRecording) faults.push('rested twice');
        if (deed === 'begin') isRecording = true;
        if (deed === 'rest') isRecording = false;
        if (deed === 'play') isPlaying = true;
        if (deed === 'pause') isPlaying = false;
      }
    },
  };
}

test('whatever happens, something is recorded only while the clip plays, and after a stop nothing is', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...events), { maxLength: 40 }), (happened) => {
      const both = pair();
      for (const event of happened) {
        both.tell(event);
        const { step, isRecording, isPlaying } = both.state;
        expect(isRecording).toBe(step === 'running');
        expect(isPlaying).toBe(step !== 'resting');
        if (event === 'stop') expect(step).toBe('resting');
      }
      expect(both.faults).toEqual([]);
    }),
  );
});

test('it waits for the clip, and ends with it', () => {
  const both = pair();
  both.tell('start');
  expect(both.state).toEqual({ step: 'readying', isRecording: false, isPlaying: true });
  both.tell('playing');
  expect(both.state.isRecording).toBe(true);
  both.tell('ended');
  expect(both.state).toEqual({ step: 'resting', isRecording: false, isPlaying: false });
});

test('a clip that is off is brought to its place, and stays there', () => {
  fc.assert(
    fc.property(fc.double({ min: -3, max: 3, noNaN: true }), (off) => {
      let [wanted, actual] = [10, 10 + off];
      for (let tick = 0; tick < 200; tick += 1) {
        const { seekTo, rate } = correction(wanted, actual);
        actual = (seekTo ?? actual) + 0.1 * rate;
        wanted += 0.1;
        expect(rate).toBeGreaterThan(0.9);
        expect(rate).toBeLessThan(1.1);
      }
      expect(Math.abs(wanted - actual)).toBeLessThan(0.06);
    }),
  );
  expect(correction(5, 5.01)).toEqual({ seekTo: null, rate: 1 });
});
