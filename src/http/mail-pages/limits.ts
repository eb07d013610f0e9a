/** Links for new passwords that one network may ask for, by page or API (security.md A7). */
export const RESETS = { name: 'password-reset', points: 10, seconds: 3_600 } as const;

/** Links that one network may try: tokens cannot be guessed, and each page costs a look. */
export const LINKS = { name: 'mail-links', points: 60, seconds: 900 } as const;

/** Passwords that one network may have hashed. */
export const NEW_PASSWORDS = { name: 'password-set', points: 20, seconds: 900 } as const;

/** Times that one digest may be ended: providers do it for all their people from few addresses (RFC 8058). */
export const UNSUBSCRIBES = { name: 'unsubscribe', points: 20, seconds: 900 } as const;
