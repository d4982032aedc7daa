import type { Channel } from '../../src/ipc/channel.js';

/** The child's end of a channel, with the test at the other one. */
export class FakeChannel<In, Out> implements Channel<In, Out> {
  readonly sent: Out[] = [];
  closed = false;
  #take: (message: In) => void = () => undefined;
  #gone: () => void = () => undefined;

  send(message: Out): void {
    this.sent.push(message);
  }

  receive(take: (message: In) => void): void {
    this.#take = take;
  }

  onDisconnect(then: () => void): void {
    this.#gone = then;
  }

  close(): void {
    this.closed = true;
  }

  /** The supervisor says something; as in life, it comes as a copy. */
  tell(message: In): void {
    this.#take(structuredClone(message));
  }

  /** The supervisor is gone. */
  hangUp(): void {
    this.#gone();
  }
}
