/** The code of an error. */
export type ErrorCode =
  | 'INVALID_OPTION'
  | 'INVALID_ADDRESS'
  | 'ADDRESS_IN_USE'
  | 'IO'
  | 'WRONG_STATE'
  | 'HANDLER'

/** The base of all errors of exhook. */
export class ExhookError extends Error {
  protected constructor()
  /** Tells the kind of error, as its class does. */
  readonly code: ErrorCode
}

/** A configuration value or handler option has no meaning. */
export class InvalidOptionError extends ExhookError {
  private constructor()
  readonly code: 'INVALID_OPTION'
}

/** The bind address cannot be read. */
export class InvalidAddressError extends ExhookError {
  private constructor()
  readonly code: 'INVALID_ADDRESS'
}

/** The address is used by another process, or by an app of this one. */
export class AddressInUseError extends ExhookError {
  private constructor()
  readonly code: 'ADDRESS_IN_USE'
}

/** The system refused a socket or a thread. */
export class IoError extends ExhookError {
  private constructor()
  readonly code: 'IO'
}

/** What was asked of an app does not fit its state: it listens already, or does not listen. */
export class WrongStateError extends ExhookError {
  private constructor()
  readonly code: 'WRONG_STATE'
}

/** A handler threw, or returned what its hook cannot be answered with. */
export class HandlerError extends ExhookError {
  private constructor()
  readonly code: 'HANDLER'
  /** The dotted name of the hook. */
  readonly hook: HookName
  /** The client id that the event is about, empty when there is none. */
  readonly clientid: string
  /** The topic that the event is about, if there is one. */
  readonly topic: string | undefined
  /** The broker node that called, empty for brokers that do not say. */
  readonly node: string
  /** What the handler threw; undefined where it returned something wrong. */
  readonly cause?: unknown
}
