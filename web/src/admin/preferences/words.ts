/** English; what stands in braces is put in (ICU MessageFormat). */
export const english = {
  title: 'How you work',
  intro: 'This is for you alone: each of the staff chooses it.',
  evidence: 'What is hard to look at',
  evidenceText:
    'How reported and kept videos are shown to you. You can change it for each one while you look.',
  blur: 'Cover it until I ask',
  greyscale: 'Without colours',
  mute: 'Without sound',
  quiet: 'Quiet hours',
  quietText:
    'In these hours, nothing is pushed or mailed to you about the work of the staff. What came is in your inbox in the morning.',
  quietOn: 'Leave me alone at night',
  zone: 'By the clocks of {zone}.',
  from: 'From',
  until: 'Until',
  urgent: 'What cannot wait comes all the same',
  urgentHint: 'The server itself is in trouble, or a report names the law.',
  mail: 'By mail',
  digest: 'Tell me each morning what waits',
  digestHint: 'At 8, or when your quiet hours are over; only where something waits.',
  inColour: 'In colour',
  withoutColour: 'Without colours',
} as const;
