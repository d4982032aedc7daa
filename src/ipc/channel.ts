/** One end of the channel between the supervisor and a child. Messages arrive whole and in order, or not at all. */
export interface Channel<In, Out> {
  /** Sends, without waiting. A message that finds the peer gone is lost. */
  send(message: Out): void;
  /** Names who takes what arrives; called once. */
  receive(take: (message: In) => void): void;
  /** Calls `then` when the other end is gone. */
  onDisconnect(then: () => void): void;
  close(): void;
}
