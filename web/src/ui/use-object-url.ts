import { useEffect, useState } from 'preact/hooks';

/** An address of a file for as long as the component shows it; `null` until there is one of this very file. */
export function useObjectUrl(file: File | null): string | null {
  const [made, setMade] = useState<{ readonly file: File; readonly url: string } | null>(null);
  useEffect(() => {
    if (!file) return;
    const url = URL.createObjectURL(file);
    setMade({ file, url });
    return () => URL.revokeObjectURL(url);
  }, [file]);
  return made?.file === file ? (made?.url ?? null) : null;
}
