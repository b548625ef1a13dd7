#!/usr/bin/env node
/* biome-ignore-all lint: what a rule asks for here, an old Node cannot read */
'use strict';
// The command as it is installed: says one sentence where the program cannot run, and starts it where it can. Every Node can
// read this file, so nothing newer than 2009 stands in it.

// the package holds one bundle, a checkout the sources
var packed = require('fs').existsSync(__dirname + '/main.mjs');
// 22.16 brings SQLite with a waiting time, 24 runs TypeScript as it is
var needed = packed ? [22, 16] : [24, 0];
var has = process.versions.node.split('.').map(Number);

function fail(sentence) {
  process.stderr.write('launchtrail: ' + sentence + '\n');
  process.exitCode = 1;
}

if (has[0] < needed[0] || (has[0] === needed[0] && has[1] < needed[1])) {
  fail(
    'it needs Node ' +
      needed.join('.') +
      ' or newer and runs on ' +
      process.version +
      (packed
        ? '; install a newer Node'
        : '; in a checkout `npm ci` brings one, and `npm run launchtrail --` uses it'),
  );
} else {
  require('./start.cjs')(packed ? './main.mjs' : './main.ts').catch((error) => {
    if (error.code !== 'ERR_MODULE_NOT_FOUND') fail(String(error.message || error).split('\n')[0]);
    else if (packed) fail('the installation is not whole; install it again');
    else fail('its modules are not installed; run `npm ci` first');
  });
}
