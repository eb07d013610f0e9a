/** In their order. */
export const steps = ['interests', 'people', 'done'] as const;
export type Step = (typeof steps)[number];
