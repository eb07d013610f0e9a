import { useEffect, useState } from 'preact/hooks';
import type { ApiOutcome } from '../../api/client.ts';
import type { TextPreview } from '../../api/schema.gen.ts';
import { Field } from '../../ui/field.tsx';
import { ServerHtml } from '../../ui/server-html.tsx';
import { say } from '../say.ts';
import styles from './markdown-field.module.css';

/** How long nobody types before the preview follows. */
const PAUSE_MS = 500;

interface MarkdownFieldProps {
  readonly label: string;
  readonly name: string;
  readonly value: string;
  readonly maxLength?: number | undefined;
  readonly hint?: string;
  readonly required?: boolean;
  readonly onInput: (text: string) => void;
  readonly preview: (text: string) => Promise<ApiOutcome<TextPreview>>;
}

/** A text in Markdown, and beside it how people will read it: as the server writes it, not as this page would. */
export function MarkdownField({ preview, ...field }: MarkdownFieldProps) {
  const html = usePreview(field.value, preview);
  return (
    <div class={styles.pair}>
      <div class={styles.source}>
        <Field multiline {...field} />
      </div>
      <section class={styles.preview} aria-label={say('previewOf', { what: field.label })}>
        <p class={styles.title}>{say('preview')}</p>
        {html === '' ? (
          <p class={styles.title}>{say('previewEmpty')}</p>
        ) : (
          <ServerHtml class={styles.text} html={html} />
        )}
      </section>
    </div>
  );
}

/** What is shown stays until the next is there. */
function usePreview(text: string, preview: MarkdownFieldProps['preview']): string {
  const [html, setHtml] = useState('');
  useEffect(() => {
    if (text.trim() === '') return setHtml('');
    let isOver = false;
    const timer = setTimeout(async () => {
      const outcome = await preview(text);
      if (outcome.ok && !isOver) setHtml(outcome.value.content);
    }, PAUSE_MS);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [text]);
  return html;
}
