import './styles/tokens.css';
import './styles/base.css';
import './start/begun-clip.css';
import { render } from 'preact';
import { App } from './app.tsx';
import { learnWords } from './i18n/learn.ts';
import { watchInstalling } from './state/installing.ts';
import { applyPreferences } from './state/preferences.ts';
import { boot } from './state/session.ts';

/** The latest moment at which what can wait begins, where nothing plays. */
const CALM_MS = 8_000;

const root = document.getElementById('app');
if (!root) throw new Error('The page has no #app to live in.');
applyPreferences(document.documentElement);
boot();
watchInstalling();
learnWords(document.documentElement).then(() => render(<App />, root));

// The page as an app on this device begins once something plays: it takes nothing from the first frame.
const begin = () => {
  clearTimeout(timer);
  document.removeEventListener('timeupdate', begin, true);
  // Where it does not come, the next visit tries again.
  import('./device/start.ts').then(({ startOnDevice }) => startOnDevice()).catch(() => undefined);
};
document.addEventListener('timeupdate', begin, true);
const timer = setTimeout(begin, CALM_MS);
