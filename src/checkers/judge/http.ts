import { endpoint } from '../../lib/endpoint.js';
import { err, ok, type Result } from '../../lib/result.js';
import type { HttpCheck, HttpUrl, SslCheck } from '../check.js';

/** Why an answer did not satisfy. Each word is shown to the operator. */
export type HttpFailure =
  'no-answer' | 'not-http' | 'headers-too-long' | 'headers-cut' | 'status-code' | 'digest';

/** What was wrong with an answer, and what there was in place of the right thing. */
export interface Fault {
  readonly reason: HttpFailure;
  readonly detail?: string;
}

/** MD5 as lower-case hex. It is not security here: the file's digest was made with it (genhash). */
export type Md5 = (bytes: Uint8Array) => string;

/** An answer whose headers do not end within this is not read further. */
export const MOST_HEADERS = 16 * 1024;

/** As much of an answer as is read where only its status counts. */
const ENOUGH = 64 * 1024;

/** The longest answer whose digest is taken. */
const MOST_BODY = 16 * 1024 * 1024;

/** How much is read of an answer at most, in bytes. A digest needs the body; without one the start is enough. */
export const mostBytes = (url: HttpUrl): number => MOST_HEADERS + (url.digest === null ? ENOUGH : MOST_BODY);

/**
 * The request for one url, byte for byte keepalived's (2.2.7, captured; check_http.c).
 * 1.1 and 1.0C ask the server to close; a virtualhost stands in place of ADDRESS:PORT, without a port.
 */
export function request(check: HttpCheck | SslCheck, url: HttpUrl): Uint8Array {
  const version = check.protocol === '1.1' ? '1.1' : '1.0';
  const close = check.protocol === '1.0' ? '' : 'Connection: close\r\n';
  const host = url.virtualhost ?? endpoint(check.connectAddress, check.connectPort);
  return new TextEncoder().encode(
    `GET ${url.path} HTTP/${version}\r\nUser-Agent: KeepAliveClient\r\n${close}Host: ${host}\r\n\r\n`,
  );
}

/**
 * Is the answer whole, so that nobody need wait for the server to close? keepalived waits; a server that keeps its
 * connection open in spite of HTTP/1.0 would cost a check its whole time there.
 */
export function isComplete(url: HttpUrl, soFar: Uint8Array): boolean {
  if (url.digest === null && soFar.length >= ENOUGH) return true;
  const head = readHead(soFar);
  if (!head.ok) return head.error.reason === 'headers-too-long';
  return head.value.length !== undefined && soFar.length >= head.value.bodyAt + head.value.length;
}

/**
 * Judges an answer: its status code, then the digest of its body where the file names one. Never throws, whatever
 * came.
 * @param md5 see `Md5`
 * @returns the status code, or what is wrong
 */
export function judge(url: HttpUrl, answer: Uint8Array, md5: Md5): Result<number, Fault> {
  const head = readHead(answer);
  if (!head.ok) return head;
  const { status, bodyAt, length } = head.value;
  if (!url.statusCodes.some(([least, most]) => least <= status && status <= most)) {
    return err({ reason: 'status-code', detail: String(status) });
  }
  if (url.digest !== null) {
    // A chunked body is hashed as it came, and more than Content-Length does not count: so does genhash.
    const body = answer.subarray(bodyAt, length === undefined ? answer.length : bodyAt + length);
    const digest = md5(body);
    if (digest !== url.digest) return err({ reason: 'digest', detail: digest });
  }
  return ok(status);
}

interface Head {
  readonly status: number;
  /** Where the body begins. */
  readonly bodyAt: number;
  /** Content-Length, where there is one that makes sense. */
  readonly length: number | undefined;
}

function readHead(answer: Uint8Array): Result<Head, Fault> {
  if (answer.length === 0) return err({ reason: 'no-answer' });
  const bodyAt = endOfHeaders(answer);
  const text = latin1(answer.subarray(0, bodyAt ?? MOST_HEADERS));
  const status = /^HTTP\/\d\.\d[ \t]+(\d{3})(?!\d)/.exec(text)?.[1];
  if (status === undefined) return err({ reason: 'not-http', detail: printable(text) });
  if (bodyAt === undefined) {
    return err({ reason: answer.length >= MOST_HEADERS ? 'headers-too-long' : 'headers-cut' });
  }
  // Names of headers are case-insensitive (RFC 9110 §5.1); keepalived finds "Content-Length" alone.
  const length = /\ncontent-length[ \t]*:[ \t]*(\d{1,15})[ \t]*\r?\n/i.exec(text)?.[1];
  return ok({ status: Number(status), bodyAt, length: length === undefined ? undefined : Number(length) });
}

/** Where the empty line after the headers ends; lines may end with CRLF or LF alone (RFC 9112 §2.2). */
function endOfHeaders(answer: Uint8Array): number | undefined {
  const most = Math.min(answer.length, MOST_HEADERS);
  for (let i = 0; i < most; i++) {
    if (answer[i] !== LF) continue;
    if (answer[i + 1] === LF) return i + 2;
    if (answer[i + 1] === CR && answer[i + 2] === LF) return i + 3;
  }
  return undefined;
}

const LF = 0x0a;
const CR = 0x0d;

function latin1(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

/** The beginning of what came, fit for a log line. */
const printable = (text: string): string => text.slice(0, 32).replace(/[^\x20-\x7e]/g, '.');
