import { execFileSync } from 'node:child_process';

/*
 * Node's crypto brings OpenSSL to life: some 10 MB in each process that loads it. So it is loaded by whoever cannot
 * do without, when it is needed.
 */
const crypto = () => process.getBuiltinModule('node:crypto');

/** @returns the MD5 of the bytes, 32 hexadecimal digits */
export const md5 = (bytes: Uint8Array): string => crypto().createHash('md5').update(bytes).digest('hex');

/** @returns RFC 2104's HMAC with MD5, 16 bytes: what an authentication header of VRRP is signed with */
export const hmacMd5 = (key: Uint8Array, bytes: Uint8Array): Uint8Array =>
  crypto().createHmac('md5', key).update(bytes).digest();

/**
 * Asked for once in the life of an agent, so a program does it, where there is one.
 * @returns the SHA-256 of the text in UTF-8, 64 hexadecimal digits
 */
export function sha256(text: string): string {
  try {
    return execFileSync('sha256sum', { input: text, encoding: 'utf8', stdio: 'pipe' }).slice(0, 64);
  } catch {
    return crypto().createHash('sha256').update(text).digest('hex');
  }
}
