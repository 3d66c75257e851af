import type { ShellWords } from './words.ts';

export const en: ShellWords = {
  status: {
    noServers: 'No servers yet',
    onlyConnected: 'Connected',
    allConnected: (servers) => `All ${servers} servers connected`,
    someConnected: (connected, servers) => `${connected} of ${servers} servers connected`,
  },
  tray: {
    toolTip: (app, status, needy) => {
      const need = needy === 0 ? '' : needy === 1 ? ', 1 needs you' : `, ${needy} need you`;
      return `${app}: ${status.toLowerCase()}${need}`;
    },
    needy: (server, why) => `${server}: ${why}`,
    why: { 'sign-in': 'sign in', 'more-scope': 'wants more permissions', failed: 'not connected' },
    more: (count) => `${count} more…`,
    open: (app) => `Open ${app}`,
    reconnect: 'Reconnect',
    quit: (app) => `Quit ${app}`,
  },
  notice: {
    one: (server, account) => ({
      title: `Sign in to ${server} again`,
      body: `The sign-in of ${account} is no longer valid.`,
    }),
    several: (accounts, servers, more) => ({
      title: `${accounts} accounts need you to sign in again`,
      body: `${servers.join(', ')}${more > 0 ? ` and ${more} more` : ''}`,
    }),
  },
  closing: {
    question: (app) => `Keep ${app} running?`,
    detail:
      'It then stays in the tray, keeps your sign-ins fresh and tells you when one needs you. You can change this in Settings.',
    keepRunning: 'Keep running',
    quit: 'Quit',
    cancel: 'Cancel',
  },
  menu: {
    file: ['File', '&File'],
    edit: ['Edit', '&Edit'],
    view: ['View', '&View'],
    window: ['Window', '&Window'],
    help: ['Help', '&Help'],
    addServer: ['Add Server…', '&Add server…'],
    importServers: ['Import Servers…', '&Import servers…'],
    palette: ['Go to or Do…', '&Go to or do…'],
    reconnect: ['Reconnect Servers', '&Reconnect servers'],
    settings: ['Settings…', '&Settings'],
    accounts: ['Accounts', 'A&ccounts'],
    activity: ['Activity', 'Acti&vity'],
    about: (app) => [`About ${app}`, `&About ${app}`],
    homepage: (app) => [`${app} on the web`, `${app} on the &web`],
    hide: (app) => `Hide ${app}`,
    hideOthers: 'Hide Others',
    unhide: 'Show All',
    services: 'Services',
    quit: (app) => ({ mac: `Quit ${app}`, windows: 'E&xit', linux: '&Quit' }),
    close: 'Close Window',
    minimize: 'Minimize',
    zoom: 'Zoom',
    front: 'Bring All to Front',
    undo: ['Undo', '&Undo'],
    redo: ['Redo', '&Redo'],
    cut: ['Cut', 'Cu&t'],
    copy: ['Copy', '&Copy'],
    paste: ['Paste', '&Paste'],
    selectAll: ['Select All', 'Select &all'],
    resetZoom: ['Actual Size', 'Act&ual size'],
    zoomIn: ['Zoom In', 'Zoom &in'],
    zoomOut: ['Zoom Out', 'Zoom &out'],
    fullScreen: ['Toggle Full Screen', '&Full screen'],
  },
};
