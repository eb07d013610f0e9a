/** The bytes behind one <video>. */
export interface Source {
  /** Fetches far ahead while the clip plays, and only the beginning while it waits. */
  setEager(eager: boolean): void;
  /** Stops all loading. The element keeps what it has. */
  detach(): void;
}
