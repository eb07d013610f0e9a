import type { Scene } from './painter.ts';

/** A clip of the community in the pictures: what is said of it, and how its pictures are made. */
interface Clip {
  /** The name of its author. */
  readonly by: string;
  readonly caption: string;
  readonly alt: string;
  readonly sound?: string;
  /** The notes that sound with it, in Hz. */
  readonly chord: readonly number[];
  /** A painted scene, or a filter graph of ffmpeg that makes its pictures. */
  readonly picture: Scene | { readonly filter: string };
  readonly wide?: boolean;
  readonly warning?: string;
  /** How long ago it was published. */
  readonly hours: number;
  /** How often it was watched in all. */
  readonly views: number;
  /** Likes, of the crowd. */
  readonly likes: number;
}

/** An account that publishes. Nobody here is a person. */
interface Author {
  readonly name: string;
  readonly title: string;
  readonly about: string;
  /** What its picture is cut from. */
  readonly colors: readonly [string, string];
}

export const authors: readonly Author[] = [
  {
    name: 'ferncroft',
    title: 'Ferncroft Allotments',
    about: 'Forty plots, one pump, no slug goes hungry. Clips from whoever has the phone.',
    colors: ['#2f7d4f', '#cfe8a9'],
  },
  {
    name: 'tidepool',
    title: 'Tidepool Watch',
    about: 'What the sea leaves between two tides.',
    colors: ['#0e5c7a', '#7fd4d0'],
  },
  {
    name: 'northlight',
    title: 'North Light',
    about: 'Night skies, long exposures, cold feet.',
    colors: ['#152a52', '#56e0a0'],
  },
  {
    name: 'slowkettle',
    title: 'The Slow Kettle',
    about: 'Tea, bread, and nothing that needs to be quick.',
    colors: ['#8a4b2d', '#f3d9b1'],
  },
  {
    name: 'rooftops',
    title: 'Rooftops',
    about: 'The city from above, mostly in the rain.',
    colors: ['#3b2f63', '#f4a259'],
  },
  {
    name: 'looptape',
    title: 'Loop & Tape',
    about: 'Old records, new loops. All sounds are free to use.',
    colors: ['#8f3b2e', '#f0c05a'],
  },
  {
    name: 'cellgarden',
    title: 'Cell Garden',
    about: 'Small rules, large pictures.',
    colors: ['#1d1f3a', '#ff7ab6'],
  },
];

/** Accounts that watch, follow, like and comment. */
export const crowd: readonly string[] = [
  ...['saltmarsh', 'fieldnotes', 'oldbridge', 'greenhouse9', 'nightbus', 'quietferry', 'windowbox'],
  ...['raincoat_club', 'pocket_orchard', 'loom_and_thread', 'driftwood', 'secondlight', 'backroads'],
  ...['kettle_hill', 'moss_and_stone', 'lowtide_radio', 'paperboats', 'lamplighter', 'hedgerow', 'millpond'],
];

const A_MINOR = [220, 261.63, 329.63];
const C_MAJOR = [130.81, 196, 329.63];
const F_MAJOR = [174.61, 220, 261.63];

export const clips: readonly Clip[] = [
  {
    by: 'northlight',
    caption: 'Twenty minutes of green over the lake, in five seconds #nightsky #aurora',
    alt: 'Green lights wave over dark mountains and a lake.',
    sound: 'Lake, no wind',
    chord: A_MINOR,
    picture: {
      sky: ['#050b1f', '#0b2038', '#123a4a'],
      curtain: '#4df0a4',
      air: { kind: 'stars', color: '#e8f4ff', count: 150 },
      ridges: [
        { color: '#0d1c2c', at: 0.6, rough: 0.09, shape: 'peaks', drift: 0 },
        { color: '#081321', at: 0.68, rough: 0.05, shape: 'trees', drift: 0 },
      ],
      water: { at: 0.74, color: '#071726', glint: '#2f8f74' },
    },
    ...{ hours: 7, views: 4_200, likes: 19 },
  },
  {
    by: 'ferncroft',
    caption: 'The seed we nearly threw away. Ten days on the windowsill #garden #timelapse',
    alt: 'A plant grows out of a clay pot.',
    chord: F_MAJOR,
    picture: {
      sky: ['#fbe3c0', '#f6c99a', '#e3a777'],
      disc: { color: '#fff3d6', x: 0.78, y: 0.2, size: 0.09 },
      ridges: [{ color: '#b98a63', at: 0.86, rough: 0.001, shape: 'hills', drift: 0 }],
      thing: 'plant',
      air: { kind: 'sparks', color: '#fff6dd', count: 26 },
    },
    ...{ hours: 30, views: 2_900, likes: 17 },
  },
  {
    by: 'rooftops',
    caption: 'Last tram, first rain #city #rain #night',
    alt: 'Rain falls on roofs with lit windows.',
    sound: 'Rain on a tin roof',
    chord: A_MINOR,
    picture: {
      sky: ['#14122b', '#34265a', '#8a4a6b', '#e58a5b'],
      ridges: [
        { color: '#3a2a54', at: 0.52, rough: 0.12, shape: 'roofs', drift: 0.09 },
        { color: '#241b3c', at: 0.66, rough: 0.12, shape: 'roofs', drift: 0.18 },
        { color: '#120e22', at: 0.82, rough: 0.1, shape: 'roofs', drift: 0.36 },
      ],
      air: { kind: 'rain', color: '#cfd8ff', count: 170 },
    },
    ...{ hours: 3, views: 1_240, likes: 12 },
  },
  {
    by: 'tidepool',
    caption: 'A boat made of one old chart, still afloat at low tide #sea #paperboat',
    alt: 'A white boat rocks on the sea at sunset.',
    chord: C_MAJOR,
    picture: {
      sky: ['#2c3e73', '#b4587a', '#f59e6c', '#ffd9a0'],
      disc: { color: '#ffedc2', x: 0.5, y: 0.44, size: 0.1 },
      water: { at: 0.5, color: '#24385f', glint: '#ffb77d' },
      thing: 'boat',
    },
    ...{ hours: 52, views: 1_870, likes: 16 },
  },
  {
    by: 'slowkettle',
    caption: 'How long is a slow cup? This long #tea #slow',
    alt: 'Steam rises from a cup.',
    chord: F_MAJOR,
    picture: {
      sky: ['#2b1c17', '#5b3626', '#9a5f3c'],
      ridges: [{ color: '#3d251a', at: 0.78, rough: 0.001, shape: 'hills', drift: 0 }],
      thing: 'cup',
      air: { kind: 'steam', color: '#fff4e4', count: 30 },
    },
    ...{ hours: 20, views: 860, likes: 9 },
  },
  {
    by: 'looptape',
    caption: 'Side B, the quiet one. Take the loop and do something with it #vinyl #loop',
    alt: 'A record turns.',
    sound: 'Side B loop',
    chord: [110, 164.81, 261.63, 329.63],
    picture: { sky: ['#e8dcc4', '#d9b98a', '#b9805a'], thing: 'record' },
    ...{ hours: 75, views: 2_260, likes: 14 },
  },
  {
    by: 'ferncroft',
    caption: 'First frost on plot nine. The kale does not mind #frost #garden',
    alt: 'Snow falls over hills in the morning.',
    chord: C_MAJOR,
    picture: {
      sky: ['#a9c4dd', '#dfe6ec', '#f7e4d4'],
      disc: { color: '#fff8ec', x: 0.3, y: 0.3, size: 0.07 },
      ridges: [
        { color: '#b8c8d6', at: 0.55, rough: 0.05, shape: 'hills', drift: 0.03 },
        { color: '#8fa8b8', at: 0.66, rough: 0.05, shape: 'trees', drift: 0.06 },
        { color: '#f2f5f7', at: 0.8, rough: 0.03, shape: 'hills', drift: 0.1 },
      ],
      air: { kind: 'snow', color: '#ffffff', count: 130 },
    },
    ...{ hours: 5, views: 640, likes: 11 },
  },
  {
    by: 'cellgarden',
    caption: 'Four rules, one grid, no plan #life #generative',
    alt: 'Cells of a grid live and die.',
    chord: A_MINOR,
    picture: {
      filter:
        'life=size=270x480:rate=24:ratio=0.14:mold=12:seed=7:life_color=#ffd1e8:death_color=#2a1b4d:mold_color=#ff7ab6,scale=540:960:flags=neighbor',
    },
    warning: 'Flickering picture',
    ...{ hours: 90, views: 410, likes: 5 },
  },
  {
    by: 'northlight',
    caption: 'Tent, tea, and every star there is #camping #nightsky',
    alt: 'A tent glows under stars.',
    chord: C_MAJOR,
    picture: {
      sky: ['#060a1c', '#141d47', '#3b2f68', '#7d4a73'],
      air: { kind: 'stars', color: '#fff7e0', count: 230 },
      ridges: [
        { color: '#171b3a', at: 0.66, rough: 0.1, shape: 'peaks', drift: 0 },
        { color: '#0b0e20', at: 0.84, rough: 0.02, shape: 'hills', drift: 0 },
      ],
      thing: 'tent',
    },
    ...{ hours: 110, views: 1_530, likes: 13 },
  },
  {
    by: 'ferncroft',
    caption: 'Kite day on the common field. Nobody looked at the weeds #kite #garden',
    alt: 'A colourful kite flies over green hills.',
    chord: F_MAJOR,
    picture: {
      sky: ['#3f8fd2', '#8cc4ea', '#dff0f5'],
      disc: { color: '#fffbe6', x: 0.8, y: 0.14, size: 0.06 },
      ridges: [
        { color: '#8cc084', at: 0.68, rough: 0.04, shape: 'hills', drift: 0.05 },
        { color: '#5da05a', at: 0.77, rough: 0.04, shape: 'hills', drift: 0.1 },
        { color: '#3f7d43', at: 0.87, rough: 0.03, shape: 'hills', drift: 0.2 },
      ],
      thing: 'kite',
    },
    ...{ hours: 420, views: 980, likes: 15 },
  },
  {
    by: 'tidepool',
    caption: 'What the current looks like from below #sea #underwater',
    alt: 'Bubbles rise in blue water.',
    chord: A_MINOR,
    picture: {
      sky: ['#9be3e0', '#2f9fb5', '#0e5f86', '#06304f'],
      ridges: [
        { color: '#0b4666', at: 0.84, rough: 0.06, shape: 'hills', drift: 0.02 },
        { color: '#05263d', at: 0.92, rough: 0.04, shape: 'trees', drift: 0.04 },
      ],
      air: { kind: 'bubbles', color: '#eafcff', count: 80 },
    },
    ...{ hours: 12, views: 730, likes: 8 },
  },
  {
    by: 'rooftops',
    caption:
      'One train, four hills and a whole autumn, filmed from the slow seat by the window #train #autumn',
    alt: 'Autumn hills pass by.',
    chord: F_MAJOR,
    wide: true,
    picture: {
      sky: ['#f4c27a', '#f7dba7', '#fbeed3'],
      disc: { color: '#fff6dc', x: 0.7, y: 0.26, size: 0.08 },
      ridges: [
        { color: '#c99a6b', at: 0.5, rough: 0.07, shape: 'hills', drift: 0.05 },
        { color: '#a8643c', at: 0.64, rough: 0.06, shape: 'trees', drift: 0.14 },
        { color: '#6d3a26', at: 0.82, rough: 0.06, shape: 'trees', drift: 0.4 },
      ],
      air: { kind: 'leaves', color: '#d9692b', count: 26 },
    },
    ...{ hours: 26, views: 1_100, likes: 10 },
  },
  {
    by: 'cellgarden',
    caption: 'Going in, and never arriving #fractal #generative',
    alt: 'A journey into the Mandelbrot set.',
    chord: C_MAJOR,
    picture: {
      filter:
        'mandelbrot=size=270x480:rate=24:start_scale=0.35:end_scale=0.0008:end_pts=150:maxiter=260:inner=convergence:outer=normalized_iteration_count,hue=h=200:s=0.8,scale=540:960:flags=bicubic',
    },
    ...{ hours: 44, views: 560, likes: 7 },
  },
  {
    by: 'ferncroft',
    caption: 'Fireflies by the water butt. We counted thirty #summer #garden',
    alt: 'Small lights fly before dark trees.',
    chord: A_MINOR,
    picture: {
      sky: ['#0e2233', '#1d4148', '#3d6a55'],
      disc: { color: '#f2f6e8', x: 0.28, y: 0.16, size: 0.05 },
      ridges: [
        { color: '#17343a', at: 0.56, rough: 0.1, shape: 'trees', drift: 0 },
        { color: '#0b1d22', at: 0.76, rough: 0.06, shape: 'trees', drift: 0 },
      ],
      air: { kind: 'sparks', color: '#f8ff9c', count: 70 },
    },
    ...{ hours: 610, views: 1_980, likes: 18 },
  },
];

/** What is said under the first clip: by whom, and which of these it answers. */
export const comments: readonly { readonly by: string; readonly text: string; readonly answers?: number }[] =
  [
    { by: 'saltmarsh', text: 'The reflection is the best part. Was there really no wind?' },
    { by: 'northlight', text: 'Not a breath. The lake did half of the work.', answers: 0 },
    { by: 'raincoat_club', text: 'I drove an hour for this and got clouds. Thank you for mine.' },
    { by: 'nightbus', text: 'Saw it from the top deck, behind a very dirty window. Same green.' },
    { by: 'fieldnotes', text: 'Which exposure did you take? Mine come out far too bright.' },
    { by: 'northlight', text: 'Eight seconds, every ten. Shorter when it moves fast.', answers: 4 },
    { by: 'fieldnotes', text: 'That is what I was missing, thanks.', answers: 4 },
    { by: 'lamplighter', text: 'Five seconds are not enough. Loop it is.' },
    { by: 'tidepool', text: 'Could we use the sound for our next one?' },
  ];

/** What is said under other clips: the number of the clip, by whom. */
export const asides: readonly { readonly clip: number; readonly by: string; readonly text: string }[] = [
  { clip: 1, by: 'greenhouse9', text: 'Ours took three weeks. What do you feed it?' },
  { clip: 1, by: 'pocket_orchard', text: 'I would have thrown it away as well.' },
  { clip: 6, by: 'windowbox', text: 'Kale never minds anything.' },
  { clip: 6, by: 'hedgerow', text: 'Plot nine always gets it first.' },
  { clip: 9, by: 'paperboats', text: 'The weeds looked at the kite.' },
  { clip: 13, by: 'moss_and_stone', text: 'We counted four. Envy.' },
  { clip: 2, by: 'quietferry', text: 'That light at the third second.' },
  { clip: 11, by: 'backroads', text: 'The slow seat is the only seat.' },
  { clip: 11, by: 'lamplighter', text: 'Which line is this? I would like to miss a few stops on it.' },
  { clip: 11, by: 'moss_and_stone', text: 'Third hill wins.' },
  { clip: 3, by: 'driftwood', text: 'Which tide was that?' },
];
