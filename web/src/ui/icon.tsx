const shapes = {
  home: 'M3 11.5 12 4l9 7.5M5.5 9.8V20h13V9.8',
  search: 'M11 4a7 7 0 1 1 0 14 7 7 0 0 1 0-14m5.2 12.2L21 21',
  plus: 'M12 5v14M5 12h14',
  person: 'M12 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8M4.5 20.5c.8-4 3.8-6 7.5-6s6.7 2 7.5 6',
  key: 'M15.5 4a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9M12.3 11.7 4.5 19.5M7 17l2.5 2.5M10 14l2 2',
  mail: 'M4 6h16v12H4zM4 7l8 6 8-6',
  shield: 'M12 3.5 19 6v5.5c0 4.5-3 7.6-7 9-4-1.4-7-4.5-7-9V6zM9 12l2.2 2.2 4-4',
  soundOn: 'M4 9.5v5h3.5l4.5 4v-13l-4.5 4zM15.5 9a4.2 4.2 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11',
  soundOff: 'M4 9.5v5h3.5l4.5 4v-13l-4.5 4zM16 9.5l5 5M21 9.5l-5 5',
  play: 'M8 5.5v13l11-6.5z',
  pause: 'M8.5 5.5v13M15.5 5.5v13',
  link: 'M10 14a4 4 0 0 0 6 .5l2.8-2.8a4 4 0 0 0-5.7-5.7l-1.3 1.3M14 10a4 4 0 0 0-6-.5l-2.8 2.8a4 4 0 0 0 5.7 5.7l1.3-1.3',
  globe:
    'M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17M3.5 12h17M12 3.5c2.4 2.3 3.6 5.2 3.6 8.5s-1.2 6.2-3.6 8.5c-2.4-2.3-3.6-5.2-3.6-8.5s1.2-6.2 3.6-8.5',
  check: 'm5 12.5 4.5 4.5L19 7.5',
  close: 'm6 6 12 12M18 6 6 18',
  trash: 'M4.5 7h15M9.5 7V4.5h5V7M6.5 7l.8 13h9.4l.8-13M10 11v5.5M14 11v5.5',
  covered: 'M3 12s3.5-6 9-6 9 6 9 6-3.5 6-9 6-9-6-9-6M12 9.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5M4 4l16 16',
  alert: 'M12 4 2.8 20h18.4zM12 10v4.5M12 17.2v.1',
  help: 'M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17M9.6 9.5a2.5 2.5 0 1 1 3.7 2.2c-.9.5-1.3 1-1.3 2M12 16.6v.1',
  fullscreen: 'M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5',
  captions:
    'M4.5 5.5h15a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2h-15a2 2 0 0 1-2-2v-9a2 2 0 0 1 2-2M10.6 10.4a2.2 2.2 0 1 0 0 3.2M17.1 10.4a2.2 2.2 0 1 0 0 3.2',
  up: 'm5.5 14.5 6.5-6.5 6.5 6.5',
  down: 'm5.5 9.5 6.5 6.5 6.5-6.5',
  leave: 'M14 4.5H6v15h8M10.5 12H21M17.5 8.5 21 12l-3.5 3.5',
  upload: 'M12 16V4.5M6.5 10 12 4.5l5.5 5.5M4.5 19.5h15',
  inbox: 'M12 3.5a6 6 0 0 1 6 6v4.5l2 3H4l2-3V9.5a6 6 0 0 1 6-6M9.5 20a2.6 2.6 0 0 0 5 0',
  studio: 'M4 20.5h16M6.5 17v-5M12 17V5.5M17.5 17V9',
  hash: 'M9.5 4 7.5 20M16.5 4l-2 16M4.5 9h15.5M4 15h15.5',
  heart: 'M12 20S3.5 15 3.5 8.8A4.6 4.6 0 0 1 12 6.4a4.6 4.6 0 0 1 8.5 2.4C20.5 15 12 20 12 20',
  heartFilled: 'M12 20S3.5 15 3.5 8.8A4.6 4.6 0 0 1 12 6.4a4.6 4.6 0 0 1 8.5 2.4C20.5 15 12 20 12 20',
  comment:
    'M12 4c4.9 0 8.5 3.2 8.5 7.3s-3.6 7.3-8.5 7.3c-1 0-2-.1-2.9-.4L4.5 20l1-3.7a6.8 6.8 0 0 1-2-5C3.5 7.2 7.1 4 12 4',
  bookmark: 'M6.5 4h11v16.5L12 16.2l-5.5 4.3z',
  bookmarkFilled: 'M6.5 4h11v16.5L12 16.2l-5.5 4.3z',
  share: 'M14 5l7 6.5-7 6.5v-4c-5 0-8.5 1.2-11 5 .6-6 4-10 11-10.5z',
  more: 'M5 11.4a.6.6 0 1 1 0 1.2.6.6 0 0 1 0-1.2M12 11.4a.6.6 0 1 1 0 1.2.6.6 0 0 1 0-1.2M19 11.4a.6.6 0 1 1 0 1.2.6.6 0 0 1 0-1.2',
  refresh: 'M19.5 12a7.5 7.5 0 1 1-2.3-5.4M20 3.5v4h-4',
  music:
    'M9 18V5.5l10-2V16M9 18a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0M19 16a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0',
  info: 'M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17M12 11v5.5M12 7.7v.1',
  pencil: 'm5 19 1-4.2L16.4 4.4a1.8 1.8 0 0 1 2.6 0l.6.6a1.8 1.8 0 0 1 0 2.6L9.2 18zM14.5 6.3l3.2 3.2',
  pin: 'M9 3.5h6l-.8 6 3.3 3.5v2h-11v-2l3.3-3.5zM12 15v5.5',
  eye: 'M3 12s3.5-6 9-6 9 6 9 6-3.5 6-9 6-9-6-9-6M12 9.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5',
  flag: 'M5.5 21V4M5.5 4.5h12.5l-2.5 4.25 2.5 4.25H5.5',
  download: 'M12 4v11.5M6.5 10 12 15.5 17.5 10M4.5 19.5h15',
  mute: 'M4.5 20c.8-3.7 3.5-5.5 7-5.5.9 0 1.8.1 2.6.4M11.5 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8M16.5 19h5',
  block: 'M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17M6 6l12 12',
  external: 'M13 4.5h6.5V11M19.5 4.5l-9 9M17.5 14v5.5h-13v-13H10',
  repeat: 'M4.5 12V9.5a3 3 0 0 1 3-3h11M15.5 3.5l3 3-3 3M19.5 12v2.5a3 3 0 0 1-3 3h-11M8.5 20.5l-3-3 3-3',
  duet: 'M4 5h7v14H4zM13 5h7v14h-7z',
  settings:
    'M12 9a3 3 0 1 1 0 6 3 3 0 0 1 0-6M10.2 3.5h3.6l.5 2.6 1.6.9 2.5-.9 1.8 3.1-2 1.7v2.2l2 1.7-1.8 3.1-2.5-.9-1.6.9-.5 2.6h-3.6l-.5-2.6-1.6-.9-2.5.9-1.8-3.1 2-1.7v-2.2l-2-1.7 1.8-3.1 2.5.9 1.6-.9z',
  theme: 'M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17M12 3.5v17M12 8l5-2M12 12.5l8-3M12 17l8-3',
  back: 'M15 5.5 8.5 12l6.5 6.5',
  list: 'M4 6.5h10M4 12h10M4 17.5h6M16.5 13v7l5-3.5z',
  grip: 'M5 9h14M5 15h14',
  clock: 'M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17M12 7.5V12l3 2',
} as const;

export type IconName = keyof typeof shapes;

/** They point along the line, and the other way where it runs from right to left. */
const pointing: readonly IconName[] = ['back', 'external', 'leave', 'share'];

const filled: readonly IconName[] = ['play', 'heartFilled', 'bookmarkFilled'];

/** A picture beside words or inside a labelled button: it never carries meaning alone. */
export function Icon({ name, size = 24 }: { name: IconName; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill={filled.includes(name) ? 'currentColor' : 'none'}
      stroke="currentColor"
      stroke-width="1.8"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
      data-points={pointing.includes(name) || undefined}
    >
      <path d={shapes[name]} />
    </svg>
  );
}
