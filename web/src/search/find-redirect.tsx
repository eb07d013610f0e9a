import { useEffect } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { Loading } from '../ui/page.tsx';

/** Where people were found before there was more to find. */
export function FindRedirect() {
  const { route } = useLocation();
  useEffect(() => route('/search', true), []);
  return <Loading />;
}
