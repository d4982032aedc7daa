import assert from 'node:assert/strict';
import { instant } from '../../../src/lib/units.js';
import type { ReceivedPacket } from '../../../src/ports/packets.js';
import { Segment } from '../../../src/vrrp/segment.js';
import { FakeLinks } from '../../fakes/links.js';
import { captured, received } from './golden.js';

describe('vrrp segment: the virtual routers of an interface', () => {
  it('counts what is for no virtual router of this interface, and what is for none at all', () => {
    let hear: (batch: readonly ReceivedPacket[]) => void = () => undefined;
    const segment = new Segment(
      'eth0',
      {
        adverts: (_, heard) => {
          hear = heard;
          return { send: () => undefined, drain: () => undefined, close: () => undefined };
        },
        frames: () => ({ send: () => undefined, sendAll: () => undefined, close: () => undefined }),
        announcements: () => ({ close: () => undefined }),
      },
      new Set(),
    );
    segment.update(new FakeLinks('10.0.0.2').view());
    const golden = captured('version 2, no authentication');
    const packet = (bytes: Uint8Array): ReceivedPacket => ({
      ...received(golden, bytes),
      interfaceIndex: 2,
      receivedAt: instant(0),
    });
    hear([packet(golden.bytes), packet(golden.bytes.subarray(0, 27)), packet(golden.bytes)]);
    assert.deepEqual(segment.dropped, { 'unknown-vrid': 2, truncated: 1 });
  });
});
