// The command that opens the lab in a browser, and which of the running servers this page comes from.

import { quote } from '../../domain/command';
import type { ServerInfo } from '../../gen/ServerInfo';

export function serveCommand(lab: string): string {
  return `assay --lab ${quote(lab)} serve`;
}

/** The server whose page this is; undefined in the desktop window. `localhost` is 127.0.0.1. */
export function ownServer(servers: readonly ServerInfo[], origin: string): ServerInfo | undefined {
  const own = hostOf(origin);
  return own === null ? undefined : servers.find(({ address }) => hostOf(address) === own);
}

/** An address as the browser opens it: `http://127.0.0.1:5000/`. */
export function addressOf(server: Pick<ServerInfo, 'address'>): string {
  const text = server.address;
  return text.startsWith('http') ? text : `http://${text}/`;
}

function hostOf(text: string): string | null {
  try {
    return new URL(text.includes('://') ? text : `http://${text}`).host.replace(/^(localhost|\[::1\])/, '127.0.0.1');
  } catch {
    return null;
  }
}

/** What a shell takes so that MLflow's client logs to the server. */
export function trackingLine(address: string): string {
  return `MLFLOW_TRACKING_URI=${addressOf({ address }).replace(/\/$/, '')}`;
}

/** The port that was typed; undefined for what is none. */
export function portOf(text: string): number | undefined {
  const port = /^\d{1,5}$/.test(text.trim()) ? Number(text.trim()) : NaN;
  return port >= 1 && port <= 65535 ? port : undefined;
}
