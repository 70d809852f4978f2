/**
 * The smallest Electron program that holds the tunnel host as Mailmole does: a utilityProcess of the real run-time.
 * What the bench says over its own channel goes to the tunnel host, and back. Run with: electron <this folder> SCRIPT
 */
import { app, utilityProcess } from 'electron';

const script = process.argv.at(-1);
// There is no window to show anything in; the tunnel host alone is what is looked at.
app.disableHardwareAcceleration();
// Electron is ready only once this module has been evaluated, so nothing here may wait for it.
void app.whenReady().then(() => {
  const host = utilityProcess.fork(script, [], { serviceName: 'tunnels', stdio: 'inherit' });
  host.once('spawn', () => process.send({ bench: 'pid', pid: host.pid }));
  host.on('message', (message) => process.send(message));
  host.once('exit', (code) => {
    process.send({ bench: 'exit', code });
    app.exit(0);
  });
  process.on('message', (message) => host.postMessage(message));
});
process.on('disconnect', () => app.exit(0));
