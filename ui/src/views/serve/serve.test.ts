import { expect, it } from 'vitest';
import { addressOf, ownServer, portOf, serveCommand, trackingLine } from './serve';

const server = (address: string) => ({ address, process_id: 1, started_ms: 0 });

it('the command names the lab so that it can be pasted anywhere', () => {
  expect(serveCommand('/home/ada/my lab')).toBe("assay --lab '/home/ada/my lab' serve");
});

it('a page knows the server that it comes from', () => {
  const servers = [server('127.0.0.1:5000'), server('http://127.0.0.1:5001/')];
  expect(ownServer(servers, 'http://localhost:5001')).toBe(servers[1]);
  expect(ownServer(servers, 'http://127.0.0.1:5000')).toBe(servers[0]);
  expect(ownServer(servers, 'tauri://localhost')).toBeUndefined();
  expect(ownServer(servers, 'null')).toBeUndefined();
});

it('an address is written as a browser opens it', () => {
  expect(addressOf(server('127.0.0.1:5000'))).toBe('http://127.0.0.1:5000/');
  expect(addressOf(server('http://127.0.0.1:5000/'))).toBe('http://127.0.0.1:5000/');
});

it('a client is pointed at the server with one line', () => {
  expect(trackingLine('127.0.0.1:5000')).toBe('MLFLOW_TRACKING_URI=http://127.0.0.1:5000');
});

it('a port is a number that a program may hold', () => {
  expect(portOf(' 5000 ')).toBe(5000);
  expect(portOf('65535')).toBe(65535);
  for (const text of ['', '0', '65536', '-1', '5e3', 'x', '5000.5']) expect(portOf(text)).toBeUndefined();
});
