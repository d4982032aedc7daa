import { sendUnixDatagram } from './native.js';

/**
 * Tells the service manager how we are (sd_notify(3)); does nothing where there is none to tell.
 * @param state lines such as `READY=1` or `STATUS=…`
 * @returns nothing when it was told or nobody listens, or the system's error code
 */
export function notify(state: string): string | undefined {
  const path = process.env['NOTIFY_SOCKET'];
  if (path === undefined || path === '') return undefined;
  try {
    sendUnixDatagram(path, Buffer.from(state));
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}
