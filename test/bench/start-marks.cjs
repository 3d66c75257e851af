// Loaded by Electron (or the stand-in) before the app's first line: notes when the app had loaded, when it was told
// that everything is ready, and when it asked for its window. Then the run is over.
const { writeSync } = require('node:fs');
const { app } = require('electron');

const before = performance.now();
const marks = {};
const { whenReady } = app;
// The last thing the main bundle does before it waits.
app.whenReady = function () {
  marks.loaded ??= performance.now() - before;
  return whenReady.call(this);
};
app.once('ready', () => {
  marks.ready = performance.now();
});
app.once('browser-window-created', () => {
  marks.asked = performance.now() - marks.ready;
  writeSync(1, `${JSON.stringify({ loaded: marks.loaded, asked: marks.asked })}\n`);
  app.exit(0);
});
