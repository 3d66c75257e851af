import type { NeedyServer } from '../attention.ts';

/** An entry of the menu: as macOS writes it, and as the others do, where `&` stands before its mnemonic. */
export type MenuLabel = readonly [mac: string, others: string];

/** All words outside the window in one language. Names come in ready to be shown; numbers are whole. */
export interface ShellWords {
  /** How things stand, in one line. */
  readonly status: {
    readonly noServers: string;
    readonly onlyConnected: string;
    /** All of two or more. */
    allConnected(servers: number): string;
    someConnected(connected: number, servers: number): string;
  };
  readonly tray: {
    /** The tool tip: how things stand, and how many servers need the person, which may be none. */
    toolTip(app: string, status: string, needy: number): string;
    needy(server: string, why: string): string;
    readonly why: Readonly<Record<NeedyServer['why'], string>>;
    more(count: number): string;
    open(app: string): string;
    readonly reconnect: string;
    quit(app: string): string;
  };
  readonly notice: {
    one(server: string, account: string): { title: string; body: string };
    /** @param servers their names, three at most; @param more how many further servers there are */
    several(accounts: number, servers: readonly string[], more: number): { title: string; body: string };
  };
  readonly closing: {
    question(app: string): string;
    readonly detail: string;
    readonly keepRunning: string;
    readonly quit: string;
    readonly cancel: string;
  };
  readonly menu: MenuWords;
}

export interface MenuWords {
  readonly file: MenuLabel;
  readonly edit: MenuLabel;
  readonly view: MenuLabel;
  readonly window: MenuLabel;
  readonly help: MenuLabel;
  readonly addServer: MenuLabel;
  readonly importServers: MenuLabel;
  readonly palette: MenuLabel;
  readonly reconnect: MenuLabel;
  readonly settings: MenuLabel;
  readonly accounts: MenuLabel;
  readonly activity: MenuLabel;
  about(app: string): MenuLabel;
  homepage(app: string): MenuLabel;
  hide(app: string): string;
  readonly hideOthers: string;
  readonly unhide: string;
  readonly services: string;
  /** macOS quits an app by its name, Windows exits, Linux desktops quit. */
  quit(app: string): { readonly mac: string; readonly windows: string; readonly linux: string };
  readonly close: string;
  readonly minimize: string;
  readonly zoom: string;
  readonly front: string;
  readonly undo: MenuLabel;
  readonly redo: MenuLabel;
  readonly cut: MenuLabel;
  readonly copy: MenuLabel;
  readonly paste: MenuLabel;
  readonly selectAll: MenuLabel;
  readonly resetZoom: MenuLabel;
  readonly zoomIn: MenuLabel;
  readonly zoomOut: MenuLabel;
  readonly fullScreen: MenuLabel;
}
