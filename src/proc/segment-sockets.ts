import { announcementIn } from '../arp/wire/arp.js';
import { openAdvertSocket } from '../io/advert-socket.js';
import { openArpSocket } from '../io/arp-socket.js';
import { openFrameSocket } from '../io/frame-socket.js';
import { compareIp, formatIp } from '../lib/address.js';
import type { AnnouncementWatch } from '../ports/announce.js';
import type { Link } from '../ports/links.js';
import type { Log } from '../ports/log.js';
import type { Sockets } from '../vrrp/segment.js';
import { VRRP_GROUP } from '../vrrp/virtual-router.js';

/** The kernel's sockets for the interfaces that virtual routers are on. */
export const segmentSockets = (log: Log): Sockets => ({
  adverts: (link, heard) =>
    unlessGone(() =>
      openAdvertSocket({
        interfaceName: link.name,
        interfaceIndex: link.index,
        group: VRRP_GROUP,
        onPackets: heard,
      }),
    ),
  frames: link => unlessGone(() => openFrameSocket(link.index)),
  announcements: (link, heard) => watchAnnouncements(link, heard, log),
});

const GONE: ReadonlySet<string> = new Set(['ENODEV', 'ENXIO', 'EADDRNOTAVAIL']);

/** @returns undefined when the interface went between the news of it and now. @throws every other system error */
function unlessGone<T>(open: () => T): T | undefined {
  try {
    return open();
  } catch (error) {
    if (GONE.has((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

/** What other machines announce on the link. Where it cannot be heard, nothing is lost but a little time. */
function watchAnnouncements(link: Link, heard: (address: string) => void, log: Log): AnnouncementWatch {
  try {
    return openArpSocket(link.index, frame => {
      const announcement = announcementIn(frame);
      const foreign = announcement !== undefined && compareIp(announcement.mac, link.mac) !== 0;
      if (foreign) heard(formatIp(announcement.address));
    });
  } catch (error) {
    log('warn', 'announcements cannot be heard', {
      interface: link.name,
      code: (error as NodeJS.ErrnoException).code ?? '',
    });
    return { close: () => undefined };
  }
}
