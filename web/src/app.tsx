import { useErrorBoundary } from 'preact/hooks';
import lazy from 'preact-iso/lazy';
import { LocationProvider, Route, Router } from 'preact-iso/router';
import { FeedPage } from './feed/feed-page.tsx';
import { NotFoundPage } from './shell/not-found.tsx';
import { focusMain, Shell } from './shell/shell.tsx';
import { strings } from './strings.ts';
import { Button } from './ui/button.tsx';
import { Notice } from './ui/page.tsx';

const UploadPage = lazy(() => import('./upload/upload-page.tsx').then((module) => module.UploadPage));
const FindPage = lazy(() => import('./find/find-page.tsx').then((module) => module.FindPage));
const LoginPage = lazy(() => import('./auth/login-page.tsx').then((module) => module.LoginPage));
const RegisterPage = lazy(() => import('./auth/register-page.tsx').then((module) => module.RegisterPage));
const SecurityPage = lazy(() => import('./settings/security-page.tsx').then((module) => module.SecurityPage));
const InvitesPage = lazy(() => import('./settings/invites-page.tsx').then((module) => module.InvitesPage));
const ProfilePage = lazy(() => import('./profile/profile-page.tsx').then((module) => module.ProfilePage));
const WatchPage = lazy(() => import('./watch/watch-page.tsx').then((module) => module.WatchPage));
const ApprovalsPage = lazy(() => import('./admin/approvals-page.tsx').then((module) => module.ApprovalsPage));
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
        <Notice icon="alert" title={strings.errors.title} text={strings.errors.crash} level={1}>
          <Button onPress={() => location.reload()}>{strings.errors.reload}</Button>
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
          <Route path="/find" component={FindPage} />
          <Route path="/login" component={LoginPage} />
          <Route path="/register" component={RegisterPage} />
          <Route path="/invite/:code" component={RegisterPage} />
          <Route path="/settings/security" component={SecurityPage} />
          <Route path="/settings/invites" component={InvitesPage} />
          <Route path="/admin/approvals" component={ApprovalsPage} />
          <Route path="/studio" component={StudioPage} />
          <Route path="/studio/analytics" component={ChannelAnalyticsPage} />
          <Route path="/studio/:id" component={EditPage} />
          <Route path="/studio/:id/analytics" component={ClipAnalyticsPage} />
          <Route path="/record" component={RecordPage} />
          <Route path="/:handle" component={ProfilePage} />
          <Route path="/:handle/:id" component={WatchPage} />
          <Route default component={NotFoundPage} />
        </Router>
      </Shell>
    </LocationProvider>
  );
}
