import { connect, type Socket } from 'node:net';

const chunk = Buffer.alloc(262_144, 'a value of CDMI ');
const headEnd = '\r\n\r\n';

/** Sends a value by PUT on a connection of its own. Resolves when the server has answered. */
export async function sendBytes(port: number, path: string, size: number): Promise<void> {
  const socket = await open(port);
  const answered = statusOf(socket);
  socket.write(`PUT ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: ${size}${headEnd}`);
  for (let left = size; left > 0; left -= chunk.length) {
    if (!socket.write(chunk.subarray(0, left)) && !socket.destroyed)
      await new Promise((go) => socket.once('drain', go));
  }
  const status = await answered;
  socket.destroy();
  if (status >= 300) throw new Error(`PUT ${path} was answered with ${status}`);
}

/** Receives a value by GET on a connection of its own, and looks at no byte of it. */
export async function receiveBytes(port: number, path: string, size: number): Promise<void> {
  const socket = await open(port);
  await new Promise<void>((resolve, reject) => {
    let received: number | undefined;
    socket.on('data', (data: Buffer) => {
      if (received === undefined) {
        const end = data.indexOf(headEnd);
        if (end === -1 || !data.toString('latin1', 0, 12).endsWith('200')) reject(new Error(data.toString('latin1')));
        received = -end - headEnd.length;
      }
      received += data.length;
      if (received >= size) resolve();
    });
    socket.on('close', () => reject(new Error(`GET ${path} ended after ${received} bytes`)));
    socket.on('error', reject);
    socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1${headEnd}`);
  });
  socket.destroy();
}

function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true }, () => resolve(socket));
    socket.once('error', reject);
  });
}

function statusOf(socket: Socket): Promise<number> {
  return new Promise((resolve, reject) => {
    socket.on('data', (data: Buffer) => resolve(Number(data.toString('latin1', 9, 12))));
    socket.on('close', () => reject(new Error('the server closed the connection')));
    socket.on('error', reject);
  });
}
