/// <reference types="node" />

import { EventEmitter } from 'node:events'

// What is not named in an export belongs to this file alone.
export {}

/** The version of this package, such as `'1.2.3'`. */
export const version: string

/** The dotted name of a hook. */
export type HookName = (generated hook names)

/** A package of the protocol; a broker speaks one of them. */
export type PackageName = 'v1' | 'v2' | 'v3'

/** Quality of service. */
export type Qos = 0 | 1 | 2

/** What `kind` of a verdict is: the call that makes the verdict. */
export type VerdictKind =
  | 'allow()'
  | 'deny()'
  | 'ignore()'
  | 'keepGoing(true)'
  | 'keepGoing(false)'
  | 'block()'

/**
 * What a handler decides, made by `allow()`, `deny()`, `ignore()`, `keepGoing()` or `block()`. There
 * is one frozen object of each kind, so `===` compares verdicts.
 */
export class Verdict<Kind extends VerdictKind = VerdictKind> {
  private constructor()
  #private
  /** Which verdict it is. */
  readonly kind: Kind
  /** The same as `kind`. */
  toString(): Kind
}

/** Yes, and nobody else is asked. The same as returning `true`. */
export function allow(): Verdict<'allow()'>

/** No, and nobody else is asked. The same as returning `false`. */
export function deny(): Verdict<'deny()'>

/** No opinion: the next handler, exhook server or the broker decides. The same as `undefined`. */
export function ignore(): Verdict<'ignore()'>

/**
 * Yes or no so far: handlers and exhook servers that follow may change it.
 *
 * @throws {TypeError} where `value` is not a boolean
 */
export function keepGoing(value: boolean): Verdict<'keepGoing(true)' | 'keepGoing(false)'>

/** The published message does not reach its subscribers. */
export function block(): Verdict<'block()'>

/**
 * What a handler of `message.ingress` returns: `undefined` and `null` are no opinion. `keepGoing()`
 * is not among them, because only a final answer counts there.
 */
export type IngressAnswer =
  | boolean
  | Verdict<'allow()'>
  | Verdict<'deny()'>
  | Verdict<'ignore()'>
  | null
  | undefined
  | void

/**
 * What a handler of `client.authenticate` or `client.authorize` returns: `undefined` and `null` are
 * no opinion.
 */
export type AuthAnswer = IngressAnswer | Verdict<'keepGoing(true)' | 'keepGoing(false)'>

/**
 * What a handler of `message.publish` returns: `undefined` and `null` leave the message as it is.
 */
export type PublishAnswer =
  | Message
  | Verdict<'block()'>
  | Verdict<'ignore()'>
  | null
  | undefined
  | void

/**
 * A function that is told of the calls of a hook that only informs, sync or async. What it returns
 * means nothing; a boolean, a verdict or a message would be a mistake.
 */
export type Listener<HookRequest extends Request, Result> = (
  request: HookRequest,
) => NoAnswer<Result>

/** The result of a listener, where it is not meant as an answer; nobody knows that of `any`. */
type NoAnswer<Result> = 0 extends 1 & Result
  ? Result
  : [Extract<Awaited<Result>, boolean | Verdict | Message>] extends [never]
    ? Result
    : 'the hook only informs, so there is nothing to answer; return nothing'

/**
 * A function that handles the calls of a hook, sync or async. Where it throws, or its promise is
 * rejected, the fallback of the hook is answered and the app emits `'error'`.
 */
export type Handler<HookRequest extends Request, Answer> = (
  request: HookRequest,
) => Answer | PromiseLike<Answer>

/** The options of every handler. */
export interface TimeoutOptions {
  /**
   * How long the handler may take, in milliseconds from 1. The broker's own `request_timeout`, less
   * a tenth of it, counts where that is shorter. Default: `timeoutMs` of the app.
   */
  timeoutMs?: number
}

/** The options of every handler whose answer counts. */
export interface ValuedOptions extends TimeoutOptions {
  /**
   * Asks the handler beside the others: what it says is logged and counted, and the broker is
   * answered without it. Default: false.
   */
  shadow?: boolean
}

/** The options of a handler of `client.authenticate`, `client.authorize` or `message.ingress`. */
export interface AuthOptions extends ValuedOptions {
  /**
   * What is answered when the handler throws, takes too long or returns something else, and when the
   * server is overloaded. Default: `'deny'`; for `message.ingress` it is `'ignore'`.
   */
  fallback?: (generated auth fallbacks)
}

/** The options of a handler of `message.publish`. */
export interface PublishOptions extends ValuedOptions {
  /**
   * What becomes of the message when the handler throws, takes too long or returns something else,
   * and when the server is overloaded. Default: `'unchanged'`.
   */
  fallback?: (generated publish fallbacks)
}

/** The options of a handler of a hook that only informs. */
export interface NotificationOptions extends TimeoutOptions {
  /**
   * Whether the broker is answered before the handler runs (`'early'`), or once it has finished
   * (`'late'`). Default: `'early'`.
   */
  ack?: 'early' | 'late'
}
