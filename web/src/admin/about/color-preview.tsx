import type { AccentPreview } from '../../api/schema.gen.ts';
import { Loading } from '../../ui/page.tsx';
import { useRemote } from '../../ui/use-remote.ts';
import styles from './about.module.css';
import { previewColor } from './calls.ts';
import { say } from './say.ts';

const COLOR = /^#[0-9a-f]{6}$/i;

/** How a colour looks on light and on dark pages, as the server will have it. */
export function ColorPreview({ color }: { color: string }) {
  if (color === '') return null;
  return COLOR.test(color) ? <Previews key={color} color={color} /> : <p role="alert">{say('notAColor')}</p>;
}

function Previews({ color }: { color: string }) {
  const [remote] = useRemote(color, () => previewColor(color));
  if (remote.state === 'loading') return <Loading />;
  if (remote.state === 'failed') return <p role="alert">{remote.failure.sentence}</p>;
  return (
    <div class={styles.previews}>
      <Preview scheme="light" accent={remote.value.light} />
      <Preview scheme="dark" accent={remote.value.dark} />
    </div>
  );
}

interface PreviewProps {
  readonly scheme: 'light' | 'dark';
  readonly accent: AccentPreview['light'];
}

function Preview({ scheme, accent }: PreviewProps) {
  return (
    <div
      class={styles.preview}
      ref={(element) => {
        // The page allows no styles in its text.
        element?.style.setProperty('color-scheme', scheme);
        element?.style.setProperty('--accent', accent.accent);
        element?.style.setProperty('--on-accent', accent.on_accent);
      }}
    >
      <p>{say(scheme)}</p>
      <p>
        <span class={styles.sample}>{say('button')}</span> <code class={styles.code}>{accent.accent}</code>
      </p>
      {accent.is_moved && <p>{say('moved', { color: accent.accent })}</p>}
    </div>
  );
}
