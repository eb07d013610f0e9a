import { z } from 'zod';
import { themeOf } from './theme.ts';
import { variable } from './variable.ts';

const colour = z
  .string()
  .regex(/^#[0-9A-Fa-f]{6}$/)
  .transform((text) => text.toLowerCase());

/** That of the sign as it is drawn (web/public/favicon.svg). */
export const signColour = '#35c795';

/** How the page is as an app on somebody’s device (docs/app.md). */
export const appVariables = {
  ACCENT_COLOR: variable({
    schema: colour,
    fallback: undefined,
    doc: 'Colour of buttons, links and of the sign. Where it could not be read on light or dark pages, they have the nearest one that can be.',
    remedy: 'Write a colour as six hexadecimal digits, such as #7a3cc2.',
    group: 'Server',
    control: { kind: 'color' },
  }),
  APP_COLOR: variable({
    schema: colour,
    fallback: undefined,
    doc: 'Colour of the sign on the icons of the installed page. Without it, that of `ACCENT_COLOR`, else that of Vireo.',
    remedy: 'Write a colour as six hexadecimal digits, such as #35c795.',
    group: 'Server',
    control: { kind: 'color' },
  }),
  APP_BACKGROUND_COLOR: variable({
    schema: colour,
    fallback: '#0c0d0f',
    doc: 'Colour behind the sign on those icons, of the window around the installed page, and of its start.',
    remedy: 'Write a colour as six hexadecimal digits, such as #0c0d0f.',
    group: 'Server',
    control: { kind: 'color' },
  }),
  THEME_TOKENS: variable({
    schema: z
      .string()
      .max(2_000)
      .transform((text, check) => {
        const theme = themeOf(text);
        if (theme === null) check.addIssue({ code: 'custom', message: 'This is no token.' });
        return theme ?? z.NEVER;
      }),
    fallback: '',
    doc: 'Further colours, corners and the typeface of the page, one a line, or with `\\n` between them. Colours for light and for dark pages: `surface-0: #ffffff #101010`, likewise `surface-1`, `surface-2`, `line`, `text`, `muted`, `danger`, `like`, `warn`. Corners in pixels: `radius-s: 2`, `radius-m`, `radius-l`. `font:` `serif`, `rounded` or `mono`. What could not be read is refused.',
    remedy:
      'Write one token a line, such as surface-0: #ffffff #101010 (for light and for dark pages), radius-m: 6, or font: serif.',
    group: 'Server',
    control: { kind: 'lines', maxLength: 2_000 },
  }),
  SERVICE_WORKER: variable({
    schema: z.enum(['on', 'off']),
    fallback: 'on',
    doc: 'Whether the page keeps itself on people’s devices, so that it opens without a connection, and can be told of what is new while it is closed. `off` also removes what is there already.',
    remedy: 'Use one of: on, off.',
    group: 'Server',
  }),
};
