import { createInterface } from 'node:readline';
import { openLinks } from '../../src/io/links.js';
import type { Prefix } from '../../src/lib/address.js';

/** One thing to do, a line of JSON on stdin. */
export interface LinksOrder {
  readonly do: 'view' | 'add' | 'remove';
  readonly interfaceIndex?: number;
  readonly prefix?: Prefix;
}

// Runs src/io/links inside a network namespace, for test/lab/links.test.ts: an order a line in, an answer a line out.
const links = await openLinks(() => undefined);
for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line) as LinksOrder;
  const { interfaceIndex = 0, prefix = { address: '', prefixLength: 0 } } = order;
  const answer = order.do === 'view' ? links.view() : ((await links[order.do](interfaceIndex, prefix)) ?? {});
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
links.close();
