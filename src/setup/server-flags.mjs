/**
 * What Node.js is told when it runs a server, however it is started: docker, systemd, `npm start`, tests. Left to itself
 * it lets the young half of the heap grow to 64 MB and more and never gives it back, for work that measures no faster:
 * a third of what an idle server takes.
 */
export const serverFlags = ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=8'];
