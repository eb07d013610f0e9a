import './styles/tokens.css';
import './styles/base.css';
import { render } from 'preact';
import { App } from './app.tsx';
import { learnWords } from './i18n/learn.ts';
import { applyPreferences } from './state/preferences.ts';
import { boot } from './state/session.ts';

const root = document.getElementById('app');
if (!root) throw new Error('The page has no #app to live in.');
applyPreferences(document.documentElement);
boot();
learnWords(document.documentElement).then(() => render(<App />, root));
