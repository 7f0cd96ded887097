/** For whom the index is asked: clients take turns in it. What the service asks for itself is nobody's. */
import { AsyncLocalStorage } from 'node:async_hooks';

const asker = new AsyncLocalStorage<string>();

/** @param client undefined for the service itself */
export function askFor<Result>(client: string | undefined, ask: () => Result): Result {
  return client === undefined ? ask() : asker.run(client, ask);
}

/** For what an operation has led to, and does not wait for. */
export function askForNobody<Result>(ask: () => Result): Result {
  return asker.exit(ask);
}

export function currentAsker(): string | undefined {
  return asker.getStore();
}
