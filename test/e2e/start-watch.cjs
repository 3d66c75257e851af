// Loaded by Electron (or the stand-in) before the app's first line: notes each synchronous use of the file system,
// of another program or of the key store that code below the watched folder makes before there is a window.
const childProcess = require('node:child_process');
const fs = require('node:fs');
const { syncBuiltinESMExports } = require('node:module');
const electron = require('electron');

const { writeFileSync } = fs;
const folder = process.env.START_WATCH_FOLDER;
const report = process.env.START_WATCH_REPORT;
const found = [];
let watching = true;

/** Whether the function that called a watched one is the app's own. */
function calledByApp() {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 4;
  const [, , , caller = ''] = (new Error().stack ?? '').split('\n');
  Error.stackTraceLimit = limit;
  return caller.includes(folder);
}

function watch(owner, name, label) {
  const original = owner[name];
  if (typeof original !== 'function') return;
  owner[name] = function (...args) {
    if (watching && calledByApp()) found.push(label);
    return original.apply(this, args);
  };
}

for (const name of Object.keys(fs)) if (name.endsWith('Sync')) watch(fs, name, `fs.${name}`);
for (const name of Object.keys(childProcess)) {
  if (name.endsWith('Sync')) watch(childProcess, name, `child_process.${name}`);
}
syncBuiltinESMExports();
const { app, safeStorage } = electron;
for (let owner = safeStorage; owner && owner !== Object.prototype; owner = Object.getPrototypeOf(owner)) {
  for (const name of Object.getOwnPropertyNames(owner)) {
    if (name !== 'constructor') watch(safeStorage, name, `safeStorage.${name}`);
  }
}
// On Linux these start programs and wait for them.
for (const name of [
  'isDefaultProtocolClient',
  'setAsDefaultProtocolClient',
  'getApplicationNameForProtocol',
]) {
  watch(app, name, `app.${name}`);
}
app.once('browser-window-created', () => {
  watching = false;
  writeFileSync(report, JSON.stringify(found));
  app.exit(0);
});
