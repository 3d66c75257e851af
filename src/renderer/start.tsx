import '@fontsource-variable/inter/wght.css';
import './theme/layers.css';
import './theme/mantine-components.css';
import './theme/tokens.css';
import './theme/base.css';
import './theme/components.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { startAnnouncing } from './components/announcements.ts';
import { keepFocus } from './components/kept-focus.ts';
import { startWords } from './i18n/index.ts';
import type { Words } from './i18n/languages.ts';
import { queryClient, startListening } from './state/live.ts';
import { paintLastScheme } from './theme/color-scheme.ts';

export async function start(words: Promise<Words>): Promise<void> {
  paintLastScheme();
  startListening();
  startAnnouncing();
  keepFocus();
  await startWords(await words);
  const root = document.getElementById('root');
  if (!root) throw new Error('index.html has no #root');
  createRoot(root).render(
    <QueryClientProvider client={queryClient}>
      <App />
    </QueryClientProvider>,
  );
}
