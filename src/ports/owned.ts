/** Where the list of what is ours in the kernel's table is kept, so that a crash leaves nothing behind for ever. */
export interface OwnedPort {
  /** @returns the keys last written; none when nothing was ever written, or when it cannot be read */
  read(): readonly string[];
  /**
   * Replaces the list, whole or not at all.
   * @returns nothing when it is on disk, or the system's error code
   */
  write(keys: readonly string[]): string | undefined;
}
