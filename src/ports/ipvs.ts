/** The ipvsadm program; nothing else speaks to the kernel's table. */
export interface IpvsPort {
  /**
   * @returns the whole table as `ipvsadm --save -n` prints it
   * @throws IpvsUnavailable when the program or the kernel part is missing
   */
  save(): Promise<string>;
  /**
   * Feeds the lines to one `ipvsadm --restore`. It is no transaction: a refused line does not stop the rest.
   * @param batch lines, each with its newline
   * @returns what the program said on stderr
   */
  restore(batch: string): Promise<string>;
}

/** ipvsadm or the kernel's ip_vs is not there: nothing can be balanced on this machine. */
export class IpvsUnavailable extends Error {
  override readonly name = 'IpvsUnavailable';
}
