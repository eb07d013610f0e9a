import styles from './about.module.css';
import { say } from './say.ts';

const COLOR = /^([a-z0-9-]+)\s*:\s*(#[0-9a-f]{6})\s+(#[0-9a-f]{6})$/;
const RADIUS = /^(radius-[sml])\s*:\s*(\d{1,2})$/;

/** What lines of tokens stand for, as far as they can be read already; the server says what is wrong with the rest. */
export function tokensIn(text: string): [name: string, value: string][] {
  return text
    .toLowerCase()
    .split(/\n|\\n/)
    .flatMap((line): [string, string][] => {
      const [, name, light, dark] = COLOR.exec(line.trim()) ?? [];
      if (name) return [[`--${name}`, `light-dark(${light},${dark})`]];
      const [, corner, pixels] = RADIUS.exec(line.trim()) ?? [];
      return corner ? [[`--${corner}`, `${pixels}px`]] : [];
    });
}

/** How tokens look that are being written, on a light and on a dark page. */
export function ThemePreview({ text }: { text: string }) {
  const tokens = tokensIn(text);
  if (tokens.length === 0) return null;
  return (
    <div class={styles.previews}>
      {(['light', 'dark'] as const).map((scheme) => (
        <div
          key={`${scheme} ${text}`}
          class={styles.themed}
          ref={(element) => {
            // The page allows no styles in its text.
            element?.style.setProperty('color-scheme', scheme);
            for (const [name, value] of tokens) element?.style.setProperty(name, value);
          }}
        >
          <p>{say(scheme)}</p>
          <p class={styles.quiet}>{say('sampleQuiet')}</p>
          <p class={styles.box}>{say('sampleBox')}</p>
          <p class={styles.warned}>{say('sampleWarn')}</p>
          <p class={styles.wrong}>{say('sampleDanger')}</p>
        </div>
      ))}
    </div>
  );
}
