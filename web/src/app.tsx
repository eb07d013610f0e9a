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
const FindRedirect = lazy(() => import('./search/find-redirect.tsx').then((module) => module.FindRedirect));
const TagPage = lazy(() => import('./tags/tag-page.tsx').then((module) => module.TagPage));
const TagRedirect = lazy(() => import('./tags/tag-page.tsx').then((module) => module.TagRedirect));
const SoundPage = lazy(() => import('./sounds/sound-page.tsx').then((module) => module.SoundPage));
const LibraryPage = lazy(() => import('./library/library-page.tsx').then((module) => module.LibraryPage));
const FollowersPage = lazy(() => import('./profile/people-page.tsx').then((module) => module.FollowersPage));
const FollowingPage = lazy(() => import('./profile/people-page.tsx').then((module) => module.FollowingPage));
const LoginPage = lazy(() => import('./auth/login-page.tsx').then((module) => module.LoginPage));
const CopyrightPage = lazy(() =>
  import('./copyright/copyright-page.tsx').then((module) => module.CopyrightPage),
);
const ClaimPage = lazy(() => import('./copyright/claim-page.tsx').then((module) => module.ClaimPage));
const RegisterPage = lazy(() => import('./auth/register-page.tsx').then((module) => module.RegisterPage));
const SettingsPage = lazy(() => import('./settings/settings-page.tsx').then((module) => module.SettingsPage));
const ProfilePage = lazy(() => import('./profile/profile-page.tsx').then((module) => module.ProfilePage));
const WatchPage = lazy(() => import('./watch/watch-page.tsx').then((module) => module.WatchPage));
const InboxPage = lazy(() => import('./inbox/inbox-page.tsx').then((module) => module.InboxPage));
const WelcomePage = lazy(() => import('./welcome/welcome-page.tsx').then((module) => module.WelcomePage));
const AboutPage = lazy(() => import('./about/about-page.tsx').then((module) => module.AboutPage));
const AdminPage = lazy(() => import('./admin/open.ts').then((module) => module.openAdmin()));
const StudioPage = lazy(() => import('./studio/studio-page.tsx').then((module) => module.StudioPage));
const EditPage = lazy(() => import('./studio/edit-page.tsx').then((module) => module.EditPage));
const analytics = () => import('./studio/analytics-page.tsx');
const ChannelAnalyticsPage = lazy(() => analytics().then((module) => module.ChannelAnalyticsPage));
const ClipAnalyticsPage = lazy(() => analytics().then((module) => module.ClipAnalyticsPage));
const RecordPage = lazy(() => import('./record/record-page.tsx').then((module) => module.RecordPage));

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
          <Route path="/find" component={FindRedirect} />
          <Route path="/tags/:tag" component={TagPage} />
          <Route path="/tag/:tag" component={TagRedirect} />
          <Route path="/sounds/:id" component={SoundPage} />
          <Route path="/library/:list" component={LibraryPage} />
          <Route path="/login" component={LoginPage} />
          <Route path="/register" component={RegisterPage} />
          <Route path="/invite/:code" component={RegisterPage} />
          <Route path="/copyright" component={CopyrightPage} />
          <Route path="/copyright/claim" component={ClaimPage} />
          <Route path="/inbox" component={InboxPage} />
          <Route path="/welcome" component={WelcomePage} />
          <Route path="/settings/:page?" component={SettingsPage} />
          <Route path="/about/:page?" component={AboutPage} />
          <Route path="/admin/:page?/:id?" component={AdminPage} />
          <Route path="/studio" component={StudioPage} />
          <Route path="/studio/analytics" component={ChannelAnalyticsPage} />
          <Route path="/studio/:id" component={EditPage} />
          <Route path="/studio/:id/analytics" component={ClipAnalyticsPage} />
          <Route path="/record" component={RecordPage} />
          <Route path="/:handle" component={ProfilePage} />
          <Route path="/:handle/followers" component={FollowersPage} />
          <Route path="/:handle/following" component={FollowingPage} />
          <Route path="/:handle/:id" component={WatchPage} />
          <Route default component={NotFoundPage} />
        </Router>
      </Shell>
    </LocationProvider>
  );
}
