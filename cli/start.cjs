'use strict';
// In a file of its own, because an old Node cannot even read a dynamic import.

/** SQLite is marked experimental in Node 22 and 24; whoever runs a command can do nothing about it. */
const emitWarning = process.emitWarning;
process.emitWarning = (warning, ...rest) => {
  if (!/^SQLite is an experimental feature/.test(String(warning))) emitWarning(warning, ...rest);
};

module.exports = (file) => import(file);
