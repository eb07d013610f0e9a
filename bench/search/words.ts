/** Random numbers from 0 to 1, the same in every run (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const SYLLABLES = [
  ...['ba', 'ko', 'ri', 'mel', 'ta', 'sun', 'der', 'vi', 'lo', 'an', 'per', 'chi', 'mo', 'ska', 'ten', 'fu'],
  ...[
    'gra',
    'li',
    'no',
    'pe',
    'quor',
    'su',
    'ti',
    'wa',
    'xe',
    'yar',
    'zo',
    'bri',
    'cla',
    'dru',
    'est',
    'ing',
  ],
];

/** A word for each place in the order of how common it is: short ones first, as in languages that people speak. */
export function wordAt(rank: number): string {
  let rest = rank;
  let word = '';
  do {
    word += SYLLABLES[rest % SYLLABLES.length];
    rest = Math.floor(rest / SYLLABLES.length);
  } while (rest > 0);
  return word;
}

/** Words as people use them (Zipf): the one of place n about one n-th as often as the first. */
export function zipf(random: () => number, words: number): number {
  return Math.floor(words ** random()) - 1;
}
