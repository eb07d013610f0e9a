/** In their order. */
export const steps = ['interests', 'people', 'found', 'done'] as const;
export type Step = (typeof steps)[number];
