// Loaded by Electron (or the stand-in) before the app's first line: writes down every host that the main process looks
// up or connects to, and has Chromium write down its own in a net log.
const dns = require('node:dns');
const { appendFileSync } = require('node:fs');
const { Socket } = require('node:net');
const { syncBuiltinESMExports } = require('node:module');
const { app } = require('electron');

const { CONTACTS_REPORT: report, CONTACTS_NET_LOG: netLog } = process.env;
const note = (host) => appendFileSync(report, `${host}\n`);

for (const owner of [dns, dns.promises]) {
  for (const name of Object.keys(owner)) {
    if (name !== 'lookup' && !name.startsWith('resolve')) continue;
    const original = owner[name];
    owner[name] = function (host, ...rest) {
      note(host);
      return original.call(this, host, ...rest);
    };
  }
}
syncBuiltinESMExports();
const { connect } = Socket.prototype;
Socket.prototype.connect = function (...args) {
  const [options] = Array.isArray(args[0]) ? args[0] : args;
  // A path is a socket of this computer's.
  if (typeof options !== 'object') note(String(args[1] ?? 'localhost'));
  else if (!options.path) note(options.host ?? 'localhost');
  return connect.apply(this, args);
};
app.commandLine.appendSwitch('log-net-log', netLog);
