import { useEffect, useRef } from 'preact/hooks';
import styles from './record.module.css';
import { say } from './say.ts';

/** How often it is looked at; the eye wants no more. */
const EVERY_MS = 80;

/** How loud it is at the microphone, so that silence is noticed before the clip is made. */
export function MicLevel({ stream }: { stream: MediaStream }) {
  const meter = useRef<HTMLMeterElement>(null);
  useEffect(() => {
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    analyser.fftSize = 512;
    context.createMediaStreamSource(stream).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    const timer = setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
      // Speech is some 20 dB below full scale: the root makes it half of the meter.
      if (meter.current) meter.current.value = Math.min(1, Math.sqrt(Math.sqrt(power)) * 1.5);
    }, EVERY_MS);
    return () => {
      clearInterval(timer);
      context.close();
    };
  }, [stream]);
  return (
    <label class={styles.level}>
      <span>{say('level')}</span>
      <meter ref={meter} min={0} max={1} low={0.1} value={0} />
    </label>
  );
}
