/** What requests are made of. */
declare abstract class Part {
  protected constructor()
  /** The fields as a plain object: payloads in base64, and never a password. */
  toJSON(): Record<string, unknown>
}

/** One call of a hook. The classes of the hooks add the fields of their requests. */
export abstract class Request extends Part {
  protected constructor()
  /** The dotted name of the hook, for example `'message.publish'`. */
  readonly hook: HookName
  /** The package that the broker speaks. */
  readonly package: PackageName
  /** The client id that the event is about, empty when there is none. */
  readonly clientid: string
  /** The topic that the event is about, if there is one. */
  readonly topic: string | undefined
  /** The broker node that calls, empty for brokers that do not say. */
  readonly node: string
  /** The span of the handler as W3C's header `traceparent`; undefined where it is not traced. */
  readonly traceparent: string | undefined
  /**
   * Is aborted at the deadline, with a `DOMException` named `TimeoutError`, and when `close()` waits
   * no longer.
   */
  readonly signal: AbortSignal
  /** How many milliseconds are left to answer; undefined where the broker does not wait. */
  readonly deadlineMs: number | undefined
}

/** A request of any hook; its `hook` tells which. */
export type AnyRequest = (generated requests)

(generated classes)
