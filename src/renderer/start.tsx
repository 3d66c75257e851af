import '@fontsource-variable/inter/wght.css';
import './theme/layers.css';
import './theme/mantine-components.css';
import './theme/tokens.css';
import './theme/base.css';
import './theme/components.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { startWords } from './i18n/index.ts';
import { queryClient, startListening } from './state/live.ts';
import { paintLastScheme } from './theme/color-scheme.ts';

export async function start(): Promise<void> {
  paintLastScheme();
  startListening();
  await startWords();
  const root = document.getElementById('root');
  if (!root) throw new Error('index.html has no #root');
  createRoot(root).render(
    <QueryClientProvider client={queryClient}>
      <App />
    </QueryClientProvider>,
  );
}
