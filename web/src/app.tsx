import { useErrorBoundary } from 'preact/hooks';
import lazy from 'preact-iso/lazy';
import { LocationProvider, Route, Router } from 'preact-iso/router';
import { FeedPage } from './feed/feed-page.tsx';
import { NotFoundPage } from './shell/not-found.tsx';
import { say } from './shell/say.ts';
import { focusMain, Shell } from './shell/shell.tsx';
import { Button } from './ui/button.tsx';
import { Notice } from './ui/page.tsx';
import { say as sayOfUi } from './ui/say.ts';

const UploadPage = lazy(() => import('./upload/upload-page.tsx').then((module) => module.UploadPage));
const SearchPage = lazy(() => import('./search/search-page.tsx').then((module) => module.SearchPage));
const PeoplePage = lazy(() => import('./profile/people-page.tsx').then((module) => module.PeoplePage));
const LoginPage = lazy(() => import('./auth/login-page.tsx').then((module) => module.LoginPage));
const CopyrightPages = lazy(() => import('./copyright/pages.tsx').then((module) => module.CopyrightPages));
const RegisterPage = lazy(() => import('./auth/register-page.tsx').then((module) => module.RegisterPage));
const SettingsPage = lazy(() => import('./settings/settings-page.tsx').then((module) => module.SettingsPage));
const ProfilePage = lazy(() => import('./profile/profile-page.tsx').then((module) => module.ProfilePage));
const WatchPage = lazy(() => import('./watch/watch-page.tsx').then((module) => module.WatchPage));
const InboxPage = lazy(() => import('./inbox/inbox-page.tsx').then((module) => module.InboxPage));
const WelcomePage = lazy(() => import('./welcome/welcome-page.tsx').then((module) => module.WelcomePage));
const AboutPage = lazy(() => import('./about/about-page.tsx').then((module) => module.AboutPage));
const AdminPage = lazy(() => import('./admin/open.ts').then((module) => module.openAdmin()));
const StudioPages = lazy(() => import('./studio/pages.tsx').then((module) => module.StudioPages));
const RecordPage = lazy(() => import('./record/record-page.tsx').then((module) => module.RecordPage));
const Places = lazy(() => import('./shell/places.tsx').then((module) => module.Places));

/** Addresses of `Places`. */
const PLACES = [
  '/tags/:tag',
  '/tag/:tag',
  '/sounds/:id',
  '/playlists/:id',
  '/library/:list',
  '/packs/:id?',
  '/directory',
  '/authorize_interaction',
];

/** The whole page: the frame around every route, and the routes. */
export function App() {
  const [crash] = useErrorBoundary();
  if (crash) {
    return (
      <main>
        <Notice icon="alert" title={sayOfUi('failed')} text={say('crash')} level={1}>
          <Button onPress={() => location.reload()}>{say('reload')}</Button>
        </Notice>
      </main>
    );
  }
  return (
    <LocationProvider>
      <Shell>
        <Router onRouteChange={focusMain}>
          <Route path="/" component={FeedPage} />
          <Route path="/upload" component={UploadPage} />
          <Route path="/search" component={SearchPage} />
          {PLACES.map((path) => (
            <Route key={path} path={path} component={Places} />
          ))}
          <Route path="/find" component={SearchPage} />
          <Route path="/login" component={LoginPage} />
          <Route path="/register" component={RegisterPage} />
          <Route path="/invite/:code" component={RegisterPage} />
          <Route path="/copyright/:page?" component={CopyrightPages} />
          <Route path="/inbox" component={InboxPage} />
          <Route path="/welcome" component={WelcomePage} />
          <Route path="/settings/:page?" component={SettingsPage} />
          <Route path="/about/:page?" component={AboutPage} />
          <Route path="/admin/:page?/:id?" component={AdminPage} />
          <Route path="/studio/:id?/:part?" component={StudioPages} />
          <Route path="/record" component={RecordPage} />
          <Route path="/:handle" component={ProfilePage} />
          <Route path="/:handle/followers" component={PeoplePage} />
          <Route path="/:handle/following" component={PeoplePage} />
          <Route path="/:handle/:id/:list?" component={WatchPage} />
          <Route default component={NotFoundPage} />
        </Router>
      </Shell>
    </LocationProvider>
  );
}
