import { expect, it } from 'vitest';
import { addressOf, ownServer, serveCommand } from './serve';

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
