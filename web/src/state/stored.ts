/** Reads from local storage; `null` where it is empty or forbidden. */
export function stored(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** Writes to local storage, `null` removes; where storage is forbidden or full the value lives as long as the page. */
export function store(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    return;
  }
}

/** Whether motion that nobody started is unwanted, by what was chosen here, else as the device says. */
export function isMotionReduced(choice: string | null): boolean {
  if (choice !== null) return choice === 'reduce';
  return matchMedia('(prefers-reduced-motion: reduce)').matches;
}
