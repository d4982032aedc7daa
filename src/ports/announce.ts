/** Tells the networks of one instance where its addresses are to be found from now on. */
export interface AnnouncePort {
  /**
   * Sends `rounds` announcements of each address, round by round, without waiting.
   * @returns nothing, or the system's error code
   */
  announce(rounds: number): string | undefined;
}

/** Hears what others announce on a network. */
export interface AnnouncementWatch {
  close(): void;
}
