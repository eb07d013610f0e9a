import { useEffect, useState } from 'preact/hooks';
import { parseJson, readFailure } from '../api/client.ts';

const WITHHELD = 451;

/** What the server says where it withholds a file from where somebody is; null: it does not, or that is not known yet. */
export function useWithheld(url: string | null): string | null {
  const [sentence, setSentence] = useState<string | null>(null);
  useEffect(() => {
    setSentence(null);
    if (url === null) return;
    const gone = new AbortController();
    ask(url, gone.signal).then(setSentence, () => undefined);
    return () => gone.abort();
  }, [url]);
  return sentence;
}

async function ask(url: string, signal: AbortSignal): Promise<string | null> {
  const answer = await fetch(url, { headers: { range: 'bytes=0-0' }, signal });
  if (answer.status !== WITHHELD) return null;
  return readFailure(WITHHELD, parseJson(await answer.text())).sentence;
}
