/** English; what stands in braces is put in (ICU MessageFormat). */
export const english = {
  needed: 'Sign in to choose what you want to see.',
  step: 'Step {n} of {all}',
  skip: 'Skip',
  next: 'Next',
  back: 'Back',
  saving: 'Saving',

  interestsTitle: 'What do you like?',
  interestsText:
    'Pick a few topics. For You begins with them, and learns from what you watch. You can change them in the settings.',
  topics: 'Topics',
  topicsNone: 'Nobody has used a hashtag here lately. Add topics of your own.',
  ownTopic: 'A topic of your own',
  ownTopicHint: 'One word, like a hashtag',
  ownTopicBad: 'A topic is one word of letters and digits. Check it and try again.',
  addTopic: 'Add a topic',
  add: 'Add',
  languages: 'Languages you watch in',
  languagesHint: 'None chosen: all of them.',
  moreLanguages: 'Another language',
  chooseLanguage: 'Choose',
  failed: 'The topics did not load',

  peopleTitle: 'Whom do you want to follow?',
  peopleText: 'Their clips are in Following, and For You shows more of what they like.',
  peopleNone: 'Nobody to suggest yet',
  peopleNoneText: 'You find people by name, here and on other servers, in the search.',
  search: 'Search',
  peopleFailed: 'The suggestions did not load',
  list: 'Suggestions',
  posts: 'Posts about #{tag}',
  followAll: 'Follow all',
  followedAll: '{n, plural, one {You follow # more person.} other {You follow # more people.}}',
  followedSome: 'Not everybody could be followed. Try again in a moment.',

  packs: 'Starter packs',
  packOf: '{n, plural, one {# person} other {# people}}, chosen by @{acct}',

  foundTitle: 'Who may find you?',
  foundText:
    'Whoever follows you or has your handle sees your clips anyway. Choose whether people who do not know you find them, too. You can change this at any time in the settings, under Privacy.',

  doneTitle: 'You are set',
  doneText:
    'For You plays what you may like, and learns from what you watch. The menu of a clip says why it is shown.',
  inbox: 'Your inbox',
  inboxText:
    'Comments, likes and new followers arrive there at once. The number on it says how many are new.',
  profile: 'Your profile',
  profileText: 'A picture and a line about you help people to find you.',
  settings: 'Settings',
  settingsText: 'What you hear of, what For You goes by, captions, data saver and more.',
  watch: 'Watch clips',
  goOn: 'Go on',
} as const;
