// WebKitGTK under WebDriver: the engine of the desktop window. The executable is MiniBrowser, which comes with the
// library, or the desktop application itself.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';

const MINI_BROWSERS = [
  '/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser',
  '/usr/lib/aarch64-linux-gnu/webkit2gtk-4.1/MiniBrowser',
  '/usr/libexec/webkit2gtk-4.1/MiniBrowser',
  '/usr/lib/webkit2gtk-4.1/MiniBrowser',
];
const SIZE = { width: 1440, height: 900 };
const SCRIPT_MS = 600_000;

/** Opens a window and gives `{ go(address), run(function, ...args), close() }`. It needs a display. */
export async function openWebKit({ binary = MINI_BROWSERS.find(existsSync), args = ['--automation'] } = {}) {
  if (!binary) throw new Error('no MiniBrowser of WebKitGTK is here; `cargo xtask setup` names the packages');
  const port = await freePort();
  const driver = spawn('WebKitWebDriver', [`--port=${port}`], { stdio: 'ignore' });
  const base = `http://127.0.0.1:${port}`;
  const call = async (method, place, body) => {
    const response = await fetch(`${base}${place}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const { value } = await response.json();
    if (!response.ok) throw new Error(`${value.error}: ${value.message}`);
    return value;
  };
  try {
    await ready(base, driver);
    const alwaysMatch = { 'webkitgtk:browserOptions': { binary, args } };
    const { sessionId, capabilities } = await call('POST', '/session', { capabilities: { alwaysMatch } });
    const session = `/session/${sessionId}`;
    await call('POST', `${session}/timeouts`, { script: SCRIPT_MS });
    await call('POST', `${session}/window/rect`, SIZE);
    return {
      name: `${capabilities.browserName} ${capabilities.browserVersion}`,
      go: (url) => call('POST', `${session}/url`, { url }),
      run: (act, ...given) =>
        call('POST', `${session}/execute/async`, {
          script: `const done = arguments[arguments.length - 1];
            (${act})(...[...arguments].slice(0, -1)).then(
              (value) => done({ value }), (error) => done({ error: String(error) }));`,
          args: given,
        }).then(({ value, error }) => {
          if (error) throw new Error(error);
          return value;
        }),
      async close() {
        await call('DELETE', session).catch(() => undefined);
        driver.kill();
      },
    };
  } catch (cause) {
    driver.kill();
    throw cause;
  }
}

async function ready(base, driver) {
  for (let i = 0; i < 100; i += 1) {
    if (driver.exitCode !== null) throw new Error(`WebKitWebDriver ended with ${driver.exitCode}`);
    if (await fetch(`${base}/status`).catch(() => null)) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error('WebKitWebDriver does not answer');
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
