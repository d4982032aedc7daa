/** Bytes from a commented dump: what follows `#` on a line is for the reader, and spaces mean nothing. */
export const hex = (dump: string): Uint8Array =>
  Uint8Array.from(dump.replace(/#.*$/gm, '').match(/[0-9a-f]{2}/gi) ?? [], pair => parseInt(pair, 16));
