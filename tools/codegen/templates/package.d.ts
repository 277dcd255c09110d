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
) => Result & NoAnswer<Result>

type NoAnswer<Result> = [Extract<Awaited<Result>, boolean | Verdict | Message>] extends [never]
  ? unknown
  : never

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

/** The options of a handler of `client.authenticate`, `client.authorize` or `message.ingress`. */
export interface AuthOptions extends TimeoutOptions {
  /**
   * What is answered when the handler throws, takes too long or returns something else, and when the
   * server is overloaded. Default: `'deny'`; for `message.ingress` it is `'ignore'`.
   */
  fallback?: (generated auth fallbacks)
}

/** The options of a handler of `message.publish`. */
export interface PublishOptions extends TimeoutOptions {
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

/** Where log records go: an object such as `console`, or a logger of pino. */
export interface Logger {
  /** Takes a record that helps to find a fault. */
  debug(message: string): void
  /** Takes a record of something usual. */
  info(message: string): void
  /** Takes a record of something that may be a fault. */
  warn(message: string): void
  /** Takes a record of a failure. */
  error(message: string): void
}

/**
 * The options of an app. Times are milliseconds, sizes are bytes, and all numbers are whole. An
 * `EXHOOK_…` variable of the environment, such as `EXHOOK_TIMEOUT_MS`, overrides an option.
 */
export interface AppOptions {
  (generated config)
  /**
   * Where log records go, or `false` for nowhere. Default: warnings and errors go to `console.error`.
   */
  logger?: Logger | false | undefined
  /** Whether `currentRequest()` works; without it calls cost a little less. Default: true. */
  context?: boolean | undefined
}

/** The options of `listen()`. */
export interface ListenOptions {
  /**
   * Whether SIGINT and SIGTERM close the app. The process then ends as by that signal, unless
   * somebody else listens for it; a second signal ends it at once. Default: true.
   */
  signals?: boolean | undefined
  /**
   * Whether the variables `EXHOOK_BIND`, `EXHOOK_TIMEOUT_MS` and so on override what the program
   * says. Default: true.
   */
  environment?: boolean | undefined
}

/** A hook that brokers are told to call. */
export interface AnnouncedHook {
  /** Its dotted name. */
  name: HookName
  /** The topic filters of its handlers together; none means every topic. */
  topics: string[]
}

/** What an app has counted since it listens. */
export interface Metrics {
  /** One for each hook and package that was called. */
  hooks: HookMetrics[]
  /** Calls that brokers wait for now. */
  inflight: number
  /** Events that are answered, but not yet handled. */
  inboxDepth: number
  /** Connections open now. */
  connections: number
  /** Connections accepted since the start. */
  connectionsAccepted: number
  /** Requests for methods of no exhook package. */
  unknownMethods: number
  /** Requests that were not gRPC. */
  badRequests: number
  /** For how long the event loop let calls wait before it took them, in milliseconds. */
  loopLagMs: LoopLag
}

/** What was counted for one hook in one package. */
export interface HookMetrics {
  /** The dotted name of the hook. */
  hook: HookName
  /** The package that the brokers speak. */
  package: PackageName
  /** Calls that arrived. */
  calls: number
  /** Answers by verdict; `done` is the answer to an event. */
  verdicts: Record<VerdictCounter, number>
  /** Calls that were answered with the fallback, by what failed. */
  failures: Record<FailureCounter, number>
  /** Answers that came too late. */
  late: number
  /** Events that no handler saw. */
  dropped: number
  /** From the arrival of a request to its answer, in microseconds. */
  latencyUs: Distribution
  /** From the arrival of a request to its handler, in microseconds. */
  waitedUs: Distribution
}

/** What `verdicts` of metrics are counted by. */
export type VerdictCounter =
  | 'allow'
  | 'deny'
  | 'keep_going'
  | 'ignore'
  | 'replace'
  | 'block'
  | 'done'

/** What `failures` of metrics are counted by. */
export type FailureCounter = (generated failures)

/** How durations are distributed. */
export interface Distribution {
  /** How many durations there are. */
  count: number
  /** Their mean. */
  mean: number
  /** What half of them do not exceed. */
  p50: number
  /** What nine of ten do not exceed. */
  p90: number
  /** What 99 of 100 do not exceed. */
  p99: number
}

/** For how long the event loop let calls wait. */
export interface LoopLag extends Distribution {
  /** The longest of the durations. */
  max: number
}

/** Why a topic filter cannot be registered; it is no filter itself, only the text of an error. */
type FilterProblem<Filter extends string> = Filter extends ''
  ? 'a topic filter is not empty; leave the filters out to get every topic'
  : Filter extends `${'$share' | '$queue'}/${string}`
    ? 'a topic filter is no shared subscription; give the part after the group'
    : LevelProblem<Filter>

type LevelProblem<Levels extends string> = Levels extends `#/${string}`
  ? "'#' may only be the last level of a topic filter"
  : Levels extends `${infer Level}/${infer Rest}`
    ? IsLevel<Level> extends true
      ? LevelProblem<Rest>
      : "'+' and '#' stand alone between the slashes of a topic filter"
    : IsLevel<Levels> extends true
      ? never
      : "'+' and '#' stand alone between the slashes of a topic filter"

type IsLevel<Level extends string> = Level extends '+' | '#'
  ? true
  : Level extends `${string}${'+' | '#'}${string}`
    ? false
    : true

/** Whether something is not known before the program runs, as in `string` and `` `a/${string}` ``. */
type IsOpen<Text extends string> = {} extends Record<Text, true> ? true : false

/** The filter, where the compiler sees no error in it. */
type CheckedFilter<Filter> = Filter extends string
  ? IsOpen<Filter> extends true
    ? Filter
    : [FilterProblem<Filter>] extends [never]
      ? Filter
      : FilterProblem<Filter>
  : Filter

/** The filters, where the compiler sees no error in them. */
type CheckedFilters<Filters> = {
  readonly [Index in keyof Filters]: CheckedFilter<Filters[Index]>
} & (Filters extends readonly []
  ? { readonly problem: 'there are no topic filters; leave the array out to get every topic' }
  : unknown)

/** The topic, where the compiler sees no error in it. */
type CheckedTopic<Topic extends string> =
  IsOpen<Topic> extends true
    ? Topic
    : Topic extends ''
      ? 'the topic of a message is not empty'
      : Topic extends `${string}${'+' | '#'}${string}`
        ? "'+' and '#' are for topic filters, not for the topic of a message"
        : Topic

/** What `replace()` changes in a message; what is not given stays as it is. */
export interface MessageChanges<Topic extends string = string> {
  /** Another topic: not empty, without `+`, `#` and NUL, of at most 65,535 bytes. */
  topic?: CheckedTopic<Topic> | undefined
  /** Another quality of service. */
  qos?: Qos | undefined
  /** Another payload: bytes, or a text that is sent as UTF-8. */
  payload?: string | Uint8Array | undefined
}

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

/**
 * The request that is being handled here, also behind an `await`; undefined outside a handler, and
 * where the app was made with `context: false`.
 */
export function currentRequest(): AnyRequest | undefined

/**
 * Handlers for the hooks of EMQX brokers, and the server that brokers call.
 *
 * Handlers of a hook run in the order of their registration. Those of authenticate, authorize,
 * ingress and publish are what the broker waits for; all others run after it is answered.
 *
 * It emits `'error'` with a `HandlerError` when a handler fails; without a listener the error goes
 * to the logger, and it never ends the process. It emits `'close'` once it is closed.
 */
export class App extends EventEmitter {
  /**
   * Makes an app without handlers.
   *
   * @throws {InvalidOptionError} where there is no such option, or its value has no meaning
   */
  constructor(options?: AppOptions)

  (generated methods)

  /**
   * Serves on an address, `'host:port'` or `'unix:/path'`; port 0 is any free one. Resolves with the
   * app itself, once brokers can connect. Default: `'127.0.0.1:9000'`, and `EXHOOK_BIND` overrides.
   *
   * An app joins where another thread of this process serves the address already: each has the
   * calls of its share of the clients.
   *
   * Rejects with `InvalidAddressError`, `AddressInUseError` or `IoError` where the address cannot be
   * had, with `InvalidOptionError` for a wrong option here or in the environment, and with
   * `WrongStateError` where the app listens already or is closed meanwhile.
   */
  listen(bind?: string, options?: ListenOptions): Promise<this>

  /**
   * Stops accepting calls and finishes those that run, for `drainTimeoutMs` at most. Resolves when
   * that is done; inside a handler at once. Further calls have no effect.
   */
  close(): Promise<void>

  /** The same as `close()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>

  /**
   * Where the app listens: `'host:port'` with the real port, or `'unix:/path'`.
   *
   * @throws {WrongStateError} while it does not listen
   */
  readonly address: string

  /** Whether the app listens. */
  readonly listening: boolean

  /** The hooks that brokers are told to call, each with its topic filters. */
  readonly hooks: AnnouncedHook[]

  /**
   * What has been counted since the app listens.
   *
   * @throws {WrongStateError} where it never listened
   */
  metrics(): Metrics

  /** Calls `listener` whenever a handler has failed; its error goes to no logger then. */
  on(event: 'error', listener: (error: HandlerError) => void): this
  /** Calls `listener` whenever the app was closed. */
  on(event: 'close', listener: () => void): this

  /** Calls `listener` for the next failure of a handler only. */
  once(event: 'error', listener: (error: HandlerError) => void): this
  /** Calls `listener` for the next time that the app was closed only. */
  once(event: 'close', listener: () => void): this

  /** Calls `listener` no more when a handler has failed. */
  off(event: 'error', listener: (error: HandlerError) => void): this
  /** Calls `listener` no more when the app was closed. */
  off(event: 'close', listener: () => void): this
}

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
