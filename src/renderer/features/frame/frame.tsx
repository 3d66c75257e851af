import { Menu as MenuIcon, Zap } from 'lucide-react';
import { type CSSProperties, lazy, Suspense, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { appIdentity } from '../../../shared/app-identity.ts';
import { visibleText } from '../../../shared/problems.ts';
import { IconButton } from '../../components/icon-button.tsx';
import { Mark } from '../../components/mark.tsx';
import { notifyProblem } from '../../components/notify.tsx';
import {
  closeAddServer,
  closeImport,
  closePalette,
  closeSearch,
  openAddServer,
  openImport,
  openPalette,
  openSearch,
  useAddServerRequest,
  useApprovalRequest,
  useImportOpen,
  usePaletteOpen,
  useSearchRequest,
  useSignOutReport,
  useSignOutRequest,
} from '../../state/dialogs.ts';
import { useAfterFirstPicture, useAfterFrame } from '../../state/first-picture.ts';
import { changeFrame, useDrawer, useFrameState, useLastPage } from '../../state/frame.ts';
import { currentWorld, onAside, useWorld } from '../../state/live.ts';
import { navigate, type Route, toServer, useRoute } from '../../state/route.ts';
import { Home } from './home.tsx';
import { Notices } from './notices.tsx';
import { PageLoading } from './page-loading.tsx';
import { Sidebar } from './sidebar.tsx';
import './frame.css';

const ImportDialog = lazy(() => import('../import/import-dialog.tsx'));
const AddServerDialog = lazy(() => import('../add-server/add-server-dialog.tsx'));
const ApprovalDialog = lazy(() => import('../command/approval-dialog.tsx'));
const CertificateDialog = lazy(() => import('../certificate/certificate-dialog.tsx'));
const AccountsPage = lazy(() => import('../accounts/accounts-page.tsx'));
const SignOuts = lazy(() => import('../sign-out/sign-outs.tsx'));
const ActivityPage = lazy(() => import('../activity/activity-page.tsx'));
const PaletteDialog = lazy(() => import('../palette/palette-dialog.tsx'));
const SearchDialog = lazy(() => import('../search/search-dialog.tsx'));
const ElicitationDialog = lazy(() => import('../elicitation/elicitation-dialog.tsx'));
const SettingsPage = lazy(() => import('../settings/settings-page.tsx'));
const StatusAnnouncer = lazy(() => import('./status-announcer.tsx'));
const serverPage = () => import('../server/server-page.tsx');
const ServerPage = lazy(serverPage);

/** The window: servers on the left, what is chosen on the right. */
export function Frame() {
  const { t } = useTranslation();
  const route = useRoute();
  const request = useAddServerRequest();
  // One question at a time.
  const certificate = useWorld('certificateRequests', (requests) => [...requests.values()][0]);
  const signOutRequest = useSignOutRequest();
  const signOutReport = useSignOutReport();
  const approvalRequest = useApprovalRequest();
  const searchRequest = useSearchRequest();
  const importOpen = useImportOpen();
  const paletteOpen = usePaletteOpen();
  const drawer = useDrawer();
  const { sidebarWidth } = useFrameState();
  const isAsked = useWorld('elicitations', (questions) => questions.size > 0);
  const [menuOpen, setMenuOpen] = useState(false);
  const menuButton = useRef<HTMLButtonElement>(null);
  const place = pageKey(route);

  // biome-ignore lint/correctness/useExhaustiveDependencies: going somewhere closes the menu
  useEffect(() => setMenuOpen(false), [place, request]);
  usePageTitle(route);
  // Before whatever asks for another page.
  useLastPage(route);
  useAsides();
  useShortcuts(drawer, setMenuOpen);
  const isListDrawn = useAfterFrame();
  const isDrawn = useAfterFirstPicture(isListDrawn);
  // Most likely what is wanted next.
  useEffect(() => {
    if (isDrawn) void serverPage();
  }, [isDrawn]);

  const closeMenu = () => {
    setMenuOpen(false);
    menuButton.current?.focus();
  };

  return (
    <div
      className="gh-frame"
      data-menu-open={(drawer && menuOpen) || undefined}
      data-drawer={drawer || undefined}
      style={
        sidebarWidth === null ? undefined : ({ '--gh-sidebar-width': `${sidebarWidth}px` } as CSSProperties)
      }
    >
      <button type="button" className="gh-skip" onClick={() => document.getElementById('content')?.focus()}>
        {t('frame.skip')}
      </button>
      {drawer && (
        <section className="gh-topbar" inert={menuOpen} aria-label={t('frame.navigation')}>
          <IconButton
            label={t('frame.openMenu')}
            ref={menuButton}
            aria-expanded={menuOpen}
            onClick={() => setMenuOpen(true)}
          >
            <MenuIcon size={18} aria-hidden="true" />
          </IconButton>
          <Mark size={18} />
          <span className="gh-wordmark">{t('frame.navigation')}</span>
          <span className="gh-grow" />
          <IconButton label={t('palette.open')} onClick={openPalette}>
            <Zap size={17} aria-hidden="true" />
          </IconButton>
        </section>
      )}
      <Sidebar route={route} menuOpen={menuOpen} onCloseMenu={closeMenu} />
      {/* biome-ignore lint/a11y/noStaticElementInteractions: a shortcut for the pointer; Escape does the same */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: Escape does the same */}
      <div className="gh-backdrop" onClick={closeMenu} />
      <main
        id="content"
        className="gh-main"
        tabIndex={-1}
        inert={drawer && menuOpen}
        aria-label={t('frame.main')}
      >
        <Notices />
        {isListDrawn && (
          <Suspense fallback={<PageLoading />}>
            <Page route={route} />
          </Suspense>
        )}
      </main>
      <Suspense>
        {isDrawn && <StatusAnnouncer shownServerId={route.page === 'server' ? route.serverId : null} />}
      </Suspense>
      <Suspense>{certificate && <CertificateDialog key={certificate.id} request={certificate} />}</Suspense>
      <Suspense>
        {request && (
          <AddServerDialog
            key={`${request.url} ${request.source}`}
            request={request}
            onClose={closeAddServer}
          />
        )}
        {(signOutRequest || signOutReport) && <SignOuts />}
        {approvalRequest && <ApprovalDialog />}
        {searchRequest !== null && <SearchDialog initialQuery={searchRequest} onClose={closeSearch} />}
        {paletteOpen && <PaletteDialog onClose={closePalette} />}
        {importOpen && <ImportDialog onClose={closeImport} />}
        {isAsked && <ElicitationDialog />}
      </Suspense>
    </div>
  );
}

function Page({ route }: { route: Route }) {
  switch (route.page) {
    case 'home':
      return <Home />;
    case 'server':
      return (
        <ServerPage
          key={route.serverId}
          serverId={route.serverId}
          tab={route.tab}
          traceId={route.traceId}
          item={route.item ?? null}
        />
      );
    case 'accounts':
      return <AccountsPage />;
    case 'activity':
      return <ActivityPage traceId={route.traceId} />;
    case 'settings':
      return <SettingsPage />;
  }
}

function pageKey(route: Route): string {
  return route.page === 'server' ? `server ${route.serverId}` : route.page;
}

/** The window's title names the page: task switchers and screen readers show it. */
function usePageTitle(route: Route): void {
  const { t } = useTranslation();
  const serverName = useWorld('servers', (servers) =>
    route.page === 'server' ? servers.get(route.serverId)?.name : undefined,
  );
  const page =
    route.page === 'server'
      ? visibleText(serverName ?? '', 80)
      : route.page === 'home'
        ? ''
        : t(`frame.${route.page}`);
  useEffect(() => {
    document.title = page ? `${page} · ${appIdentity.productName}` : appIdentity.productName;
  }, [page]);
}

/** What the main process asks to show: it opens things, and changes nothing. */
function useAsides(): void {
  useEffect(
    () =>
      onAside((event) => {
        switch (event.name) {
          case 'notice':
            notifyProblem(event.payload);
            break;
          case 'show.add-server':
            // The menu asks for an empty one.
            openAddServer({ ...event.payload, source: event.payload.url ? 'link' : 'person' });
            break;
          case 'show.page':
            navigate({ ...event.payload, traceId: null });
            break;
          case 'show.dialog':
            if (event.payload.dialog === 'palette') openPalette();
            else openImport();
            break;
          case 'show.server':
            navigate(toServer(event.payload.serverId));
            break;
          default:
        }
      }),
    [],
  );
}

/** Keys that work everywhere except where one types. */
function useShortcuts(drawer: boolean, setMenuOpen: (open: boolean) => void): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const typing =
        event.target instanceof HTMLElement &&
        event.target.closest('input, textarea, select, [role="dialog"]');
      const command = event.metaKey || event.ctrlKey;
      if (event.defaultPrevented || event.altKey) return;
      if (command && !event.shiftKey && event.key === 'n') {
        event.preventDefault();
        openAddServer();
      } else if (command && event.shiftKey && event.key.toLowerCase() === 'f') {
        event.preventDefault();
        openSearch();
      } else if (command && event.key === ',') {
        event.preventDefault();
        navigate({ page: 'settings' });
      } else if (command && !event.shiftKey && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        // Not over another question.
        if (!document.querySelector('[role="dialog"]')) openPalette();
        else if (document.querySelector('[data-testid="palette"]')) closePalette();
      } else if (command && !event.shiftKey && event.key.toLowerCase() === 'b') {
        event.preventDefault();
        changeFrame({ collapsed: !currentWorld('settings')?.frame.collapsed });
      } else if (event.key === '/' && !command && !typing) {
        event.preventDefault();
        if (drawer) setMenuOpen(true);
        requestAnimationFrame(() => document.getElementById('server-filter')?.focus());
      }
    };
    window.addEventListener('keydown', pressed);
    return () => window.removeEventListener('keydown', pressed);
  }, [drawer, setMenuOpen]);
}
