/** The kernel's table: the ipvsadm program changes and shows it, and nothing else changes it. */
export interface IpvsPort {
  /**
   * @param breakOff ends it early; then it throws
   * @returns the whole table as `ipvsadm --save -n` prints it
   * @throws IpvsUnavailable when the program or the kernel part is missing
   */
  save(breakOff?: AbortSignal): Promise<string>;
  /**
   * Feeds the lines to one `ipvsadm --restore`. It is no transaction: a refused line does not stop the rest.
   * @param batch lines, each with its newline
   * @returns what the program said on stderr
   */
  restore(batch: string): Promise<string>;
  /** @returns /proc/net/ip_vs, which shows less but costs no program; undefined where it cannot be read */
  glance(): Promise<string | undefined>;
}

/** ipvsadm or the kernel's ip_vs is not there: nothing can be balanced on this machine. */
export class IpvsUnavailable extends Error {
  override readonly name = 'IpvsUnavailable';
}
