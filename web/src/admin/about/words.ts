/** English; what stands in braces is put in (ICU MessageFormat). */
export const english = {
  title: 'Pages and look',
  intro:
    'What this server says of itself at /about, and its colour. It counts at once for everybody, and stands in the log.',
  see: 'See these pages',
  houseRules: 'House rules',
  houseRulesText:
    'What people agree to. Reports and decisions name them by number; a rule keeps its number for as long as its words stay. What acts by itself on posts is at “Rules”.',
  rule: 'Rule {n, number}',
  addRule: 'Add a rule',
  up: 'Move up: rule {n, number}',
  down: 'Move down: rule {n, number}',
  removeRule: 'Remove: rule {n, number}',
  noRules: 'There are no rules yet.',
  look: 'Look',
  colorHint: 'Six hexadecimal digits, such as #7a3cc2. Empty: that of Vireo.',
  light: 'On light pages',
  dark: 'On dark pages',
  button: 'Button',
  moved: 'Moved to {color}, so that it can be read.',
  notAColor: 'This is no colour: write six hexadecimal digits after #.',
  kept: 'What you write is kept on this device until you save it.',
} as const;
