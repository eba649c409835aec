// Stands in for the editor's native watchdog, which is not built here: the extension host ends when its parent is gone.
exports.start = pid => {
  const timer = setInterval(() => {
    try {
      process.kill(pid, 0);
    } catch {
      process.exit(87);
    }
  }, 1000);
  timer.unref();
};
exports.exit = code => process.exit(code || 0);
