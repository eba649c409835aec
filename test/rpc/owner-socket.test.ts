import assert from 'node:assert/strict';
import type { AddressInfo, Socket } from 'node:net';
import { WebSocketServer } from 'ws';
import { OwnerSocket } from '../../server/src/rpc/relay/owner-socket.ts';

describe('the way to the owner of the storage', () => {
  it('[RL-4] an answer counts before the notification behind it, also when both come at once', async () => {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    await new Promise(resolve => server.once('listening', resolve));
    server.on('connection', socket => {
      socket.on('message', data => {
        const { id } = JSON.parse(String(data)) as { id: number };
        const wire = (socket as unknown as { _socket: Socket })._socket;
        wire.cork();
        socket.send(JSON.stringify({ jsonrpc: '2.0', id, result: {} }));
        socket.send(JSON.stringify({ jsonrpc: '2.0', method: 'telemetry/event', params: {} }));
        process.nextTick(() => wire.uncork());
      });
    });
    const { port } = server.address() as AddressInfo;
    const order: string[] = [];
    const told = Promise.withResolvers<void>();
    const owner = await OwnerSocket.open(
      { url: `ws://127.0.0.1:${port}`, token: null },
      {
        notified: name => {
          order.push(name);
          told.resolve();
        },
        gone: () => undefined,
      },
    );
    try {
      await owner.call('ping', {}, () => undefined).then(() => order.push('answer'));
      await told.promise;
      assert.deepEqual(order, ['answer', 'telemetry/event']);
    } finally {
      owner.close('The test is over.');
      server.close();
    }
  });
});
