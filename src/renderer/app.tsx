import { Button, MantineProvider, VisuallyHidden } from '@mantine/core';
import { lazy, Suspense, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { languageOf } from '../shared/languages.ts';
import { problemOf } from '../shared/problems.ts';
import { Mark } from './components/mark.tsx';
import { problemText } from './components/problem-text.ts';
import { Frame } from './features/frame/frame.tsx';
import { speak } from './i18n/index.ts';
import { useAfterFirstPicture } from './state/first-picture.ts';
import { useEarlyWorld, useSnapshot } from './state/live.ts';
import { useColorScheme } from './theme/color-scheme.ts';
import { theme } from './theme/theme.ts';

/** Nothing on the first screen is a notification; one that comes early waits for its container. */
const Toasts = lazy(() => import('./components/toasts.tsx'));

export function App() {
  // Read before the snapshot is there, unlike everything below.
  const settings = useEarlyWorld('settings');
  const app = useEarlyWorld('app');
  const scheme = useColorScheme(settings?.theme);
  const language = settings && app ? languageOf(settings.language, app.systemLanguage) : undefined;
  useEffect(() => {
    if (language) void speak(language);
  }, [language]);
  return (
    <MantineProvider
      theme={theme}
      forceColorScheme={scheme}
      // The content security policy allows no style elements: both are in theme/tokens.css.
      withCssVariables={false}
      withGlobalClasses={false}
    >
      <LaterToasts />
      <Start />
    </MantineProvider>
  );
}

/** Nothing above it changes what it shows. */
const FRAME = <Frame />;

function LaterToasts() {
  const { isPending } = useSnapshot();
  const isDrawn = useAfterFirstPicture(!isPending);
  return <Suspense>{isDrawn && <Toasts />}</Suspense>;
}

function Start() {
  const { t } = useTranslation();
  const snapshot = useSnapshot();
  const isThere = useEarlyWorld('app') !== undefined;
  if (isThere) return FRAME;
  if (snapshot.isError) {
    const { sentence, advice } = problemText(problemOf(snapshot.error));
    return (
      <main className="gh-start">
        <Mark size={32} />
        <h1>{t('frame.startFailed')}</h1>
        <p>{sentence}</p>
        <p>{advice}</p>
        <Button onClick={() => snapshot.refetch()} loading={snapshot.isFetching}>
          {t('common.retry')}
        </Button>
      </main>
    );
  }
  return (
    <main className="gh-start" data-quiet aria-busy="true">
      <Mark size={32} />
      <VisuallyHidden component="h1">{t('frame.starting')}</VisuallyHidden>
    </main>
  );
}
