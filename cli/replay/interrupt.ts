/** How a process ends that a signal stopped: 128 and the signal's number. */
const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/**
 * Ends the process on a signal in good order and with one line, whatever it is doing.
 *
 * @param give what to take away and close, at once; gives the line
 * @returns what ends the watch
 */
export function onInterrupt(give: () => string): () => void {
  const watches = Object.entries(SIGNALS).map(([signal, code]) => {
    const watch = (): void => {
      process.stderr.write(`launchtrail: ${give()}\n`);
      process.exit(code);
    };
    process.once(signal, watch);
    return () => process.off(signal, watch);
  });
  return () => {
    for (const end of watches) end();
  };
}
