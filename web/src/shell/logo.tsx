/** The bird of the project; always beside the name. By its `viewBox`, the style sheet of a server puts a logo in its place (src/http/theme.ts). */
export function Logo() {
  return (
    <svg width="32" height="32" viewBox="0 0 32 32" aria-hidden="true">
      <path fill="var(--accent)" d="M13 4C7 4 3 8 3 14V28h10c6 0 10-4 11-10L30 14l-6-4C22 6 18 4 13 4" />
      <circle cx="17" cy="12" r="2.6" fill="var(--on-accent)" />
    </svg>
  );
}
