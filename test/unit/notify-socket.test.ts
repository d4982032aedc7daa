import { strict as assert } from 'node:assert';
import { spawn } from 'node:child_process';
import { sendUnixDatagram } from '../../src/io/native.js';
import { notify } from '../../src/io/notify-socket.js';

describe('native UNIX datagrams', () => {
  /** A receiver in Python: Node has no datagram socket of that family. It prints the first message and ends. */
  async function receive(path: string, send: () => void): Promise<string> {
    const script =
      'import socket,sys; s=socket.socket(socket.AF_UNIX,socket.SOCK_DGRAM);' +
      's.bind(sys.argv[1].replace("@","\\0",1)); print("bound",flush=True); print(s.recv(4096).decode(),end="")';
    const child = spawn('python3', ['-c', script, path], { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const first = said === '';
      said += text;
      if (first) send();
    });
    await new Promise(ended => child.on('close', ended));
    return said.slice('bound\n'.length);
  }

  it('reach a path and an abstract name', async () => {
    for (const path of [`/tmp/holdfast-test.${process.pid}.sock`, `@holdfast-test.${process.pid}`]) {
      assert.equal(await receive(path, () => sendUnixDatagram(path, Buffer.from('READY=1'))), 'READY=1');
    }
  });

  it('throw where nobody is, or where nobody can be', () => {
    const path = '/tmp/holdfast-no-such.sock';
    const message = `ENOENT: no such file or directory, sendto '${path}'`;
    assert.throws(() => sendUnixDatagram(path, Buffer.alloc(1)), {
      message,
      code: 'ENOENT',
      errno: -2,
      syscall: 'sendto',
    });
    assert.throws(() => sendUnixDatagram('', Buffer.alloc(1)), { code: 'EINVAL' });
    assert.throws(() => sendUnixDatagram('x'.repeat(108), Buffer.alloc(1)), TypeError);
  });

  it('carry what is told to the service manager, where there is one', async () => {
    const name = `@holdfast-notify.${process.pid}`;
    const before = process.env['NOTIFY_SOCKET'];
    try {
      delete process.env['NOTIFY_SOCKET'];
      assert.equal(notify('READY=1'), undefined);
      process.env['NOTIFY_SOCKET'] = name;
      assert.equal(notify('READY=1'), 'ECONNREFUSED');
      assert.equal(
        await receive(name, () => assert.equal(notify('READY=1\nSTATUS=ä'), undefined)),
        'READY=1\nSTATUS=ä',
      );
    } finally {
      if (before === undefined) delete process.env['NOTIFY_SOCKET'];
      else process.env['NOTIFY_SOCKET'] = before;
    }
  });
});
