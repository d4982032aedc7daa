/** Tells the networks of one instance where its addresses are to be found from now on. */
export interface AnnouncePort {
  /**
   * Sends `rounds` announcements of each address, round by round, without waiting.
   * @returns nothing, or the system's error code
   */
  announce(rounds: number): string | undefined;
}

/** The announcements of one instance, in blocks spread over time. */
export interface Announcing {
  /** The addresses are ours from now on. */
  begin(): void;
  /** They are no longer ours: nothing more may be said about them. */
  stop(): void;
}

/** Hears what others announce on a network. */
export interface AnnouncementWatch {
  close(): void;
}
