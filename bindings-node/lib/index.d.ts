// generated, do not edit, run `make gen`
/// <reference types="node" />

import { EventEmitter } from 'node:events'

// What is not named in an export belongs to this file alone.
export {}

/** The version of this package, such as `'1.2.3'`. */
export const version: string

/** The dotted name of a hook. */
export type HookName = 
  | 'provider.loaded'
  | 'provider.unloaded'
  | 'client.connect'
  | 'client.connack'
  | 'client.connected'
  | 'client.disconnected'
  | 'client.authenticate'
  | 'client.authorize'
  | 'client.subscribe'
  | 'client.unsubscribe'
  | 'session.created'
  | 'session.subscribed'
  | 'session.unsubscribed'
  | 'session.resumed'
  | 'session.discarded'
  | 'session.takenover'
  | 'session.terminated'
  | 'message.publish'
  | 'message.delivered'
  | 'message.dropped'
  | 'message.acked'
  | 'message.ingress'

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
  fallback?: 'allow' | 'deny' | 'ignore'
}

/** The options of a handler of `message.publish`. */
export interface PublishOptions extends ValuedOptions {
  /**
   * What becomes of the message when the handler throws, takes too long or returns something else,
   * and when the server is overloaded. Default: `'unchanged'`.
   */
  fallback?: 'unchanged' | 'block'
}

/** The options of a handler of a hook that only informs. */
export interface NotificationOptions extends TimeoutOptions {
  /**
   * Whether the broker is answered before the handler runs (`'early'`), or once it has finished
   * (`'late'`). Default: `'early'`.
   */
  ack?: 'early' | 'late'
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
type CheckedFilters<Filters extends readonly string[]> = {
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
  /**
   * How long user code may take for an answer unless its handler says otherwise. The broker's own
   * `request_timeout`, less a tenth of it, counts where that is shorter. Default: 4000.
   */
  timeoutMs?: number | undefined
  /**
   * How many calls may be running at once, brokers waiting for them. More are answered with the
   * fallback at once. Default: 10000.
   */
  maxInflight?: number | undefined
  /**
   * How many notifications may be answered but not yet handled. More are held back, which slows the
   * broker down, and are dropped at the deadline. Default: 10000.
   */
  inboxCapacity?: number | undefined
  /**
   * How many threads read, decode and answer; one serves some 100,000 calls a second. Default: 1.
   */
  ioThreads?: number | undefined
  /**
   * The largest request that is decoded; larger ones are answered with the fallback. Default:
   * 16777216.
   */
  maxMessageBytes?: number | undefined
  /**
   * How much memory may be taken by requests that are arriving, and by answers that are not taken.
   * Requests that come while it is used up are answered with the fallback, unread. Default:
   * 268435456.
   */
  maxBufferedBytes?: number | undefined
  /**
   * How many bytes of headers a request may have; those of a broker have some 400. Default: 16384.
   */
  maxHeaderBytes?: number | undefined
  /**
   * How many calls of one connection may be running at once; more are answered with the fallback at
   * once. Default: 5000.
   */
  maxInflightPerConnection?: number | undefined
  /**
   * How many connections are served at once; more wait to be accepted until one ends. A quarter of
   * the files that the process may open is left to the program. Default: 4096.
   */
  maxConnections?: number | undefined
  /**
   * How many connections one address may have; more are closed as soon as they are accepted. A
   * broker opens `pool_size` of them, 8 unless told otherwise, but a proxy stands for many brokers.
   * Default: 1024.
   */
  maxConnectionsPerPeer?: number | undefined
  /**
   * How many connections may be at their beginning, TLS and the HTTP/2 preface, at once; more are
   * closed, oldest first, once they have had a second. Default: 256.
   */
  maxHandshakes?: number | undefined
  /**
   * How long a connection may take for its beginning: TLS and the HTTP/2 preface. Default: 10000.
   */
  handshakeTimeoutMs?: number | undefined
  /**
   * How long a request may take to arrive whole; less where its broker waits less. Default: 10000.
   */
  receiveTimeoutMs?: number | undefined
  /** How long stopping waits for running calls and queued notifications. Default: 5000. */
  drainTimeoutMs?: number | undefined
  /**
   * How long a server that is told to stop goes on as before, except that it says it is not ready,
   * so that load balancers can turn away from it first. Default: 0.
   */
  drainDelayMs?: number | undefined
  /**
   * How often a connection is probed with a PING, so that brokers that vanished are noticed: one
   * that has not answered when the next is due is let go. 0 turns probing off. Default: 30000.
   */
  keepaliveIntervalMs?: number | undefined
  /**
   * The server's certificate and those that lead to its authority, in PEM: the path of a file, or
   * the text itself. With `tls_key` it turns TLS on. Default: ''.
   */
  tlsCert?: string | undefined
  /** The private key of `tls_cert`, in PEM: the path of a file, or the text itself. Default: ''. */
  tlsKey?: string | undefined
  /**
   * The authorities whose certificates brokers have to show, in PEM: the path of a file, or the
   * text itself. Without it brokers need no certificate. Default: ''.
   */
  tlsClientCa?: string | undefined
  /**
   * Which brokers are served: names (DNS, IP address or URI) of which their certificate has to have
   * one, parted by commas. Empty serves all that `tls_client_ca` vouches for. Default: ''.
   */
  tlsClientNames?: string | undefined
  /**
   * Which brokers are served: SHA-256 fingerprints of which their certificate has to have one, in
   * hexadecimal, parted by commas. Empty serves all that `tls_client_ca` vouches for; where names
   * are given too, both have to hold. Default: ''.
   */
  tlsClientFingerprints?: string | undefined
  /** The oldest version of TLS that is spoken: 1.2 or 1.3. Default: '1.2'. */
  tlsMinVersion?: string | undefined
  /**
   * How often the files of `tls_cert`, `tls_key` and `tls_client_ca` are looked at for changes,
   * which new connections get. 0 turns it off. Default: 10000.
   */
  tlsReloadIntervalMs?: number | undefined
  /**
   * Also announce the valued hooks that have no handler, and answer them with ignore. For brokers
   * of 5.9 and later with several exhook servers, whose chain otherwise ends at a server that did
   * not announce the hook. Default: false.
   */
  companion?: boolean | undefined
  /**
   * Where operators find this server over HTTP/1.1, with metrics, health and a live page:
   * `host:port`, or a port alone for this machine only. Empty turns it off. There is neither TLS
   * nor a password: whoever reaches the address can read it. Default: ''.
   */
  admin?: string | undefined
  /** Whether the live page of `admin` shows the payloads of messages. Default: false. */
  adminPayloads?: boolean | undefined
  /**
   * Whether gRPC clients may ask which services and methods there are (reflection). Default: true.
   */
  reflection?: boolean | undefined
  /**
   * Where log lines go as text or JSON: `text` or `json` for standard error, or one of them with
   * the path of a file, as in `json:/var/log/exhook.log`. Empty leaves them to the language's
   * logger. Default: ''.
   */
  log?: string | undefined
  /**
   * Where each valued decision is logged: the path of a file of JSON lines, or `log` for where
   * other log lines go. Empty turns it off. Default: ''.
   */
  decisionLog?: string | undefined
  /**
   * The size from which on the file of `decision_log` is put aside and a new one begun. Default:
   * 104857600.
   */
  decisionLogMaxBytes?: number | undefined
  /** How many files of `decision_log` are kept beside the newest. Default: 5. */
  decisionLogFiles?: number | undefined
  /**
   * Where traces go by OTLP over HTTP, as in `http://127.0.0.1:4318`. Empty turns them off.
   * Default: ''.
   */
  otlpEndpoint?: string | undefined
  /** How many of a hundred calls are traced. Default: 100. */
  otlpSamplePercent?: number | undefined
  /**
   * The path of a TOML file of options, which win over those that stand here; environment variables
   * win over both. Default: none.
   */
  configFile?: string | undefined
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
   * @throws {InvalidOptionError} where there is no such option, or its value is of another kind
   */
  constructor(options?: AppOptions)

  /**
   * Registers a handler for `provider.loaded`.
   *
   * Every broker node calls it when it loads this server: at broker start, when the server is
   * added, changed or enabled, and when a lost connection does not recover in time. The answer
   * counts: it names the wanted hooks.
   *
   * What the handler returns means nothing.
   *
   * @throws {InvalidOptionError} where a filter or an option means nothing
   *
   * @throws {WrongStateError} where the app listens already
   */
  onProviderLoaded<Result>(
    handler: Listener<ProviderLoadedRequest, Result>,
    options?: TimeoutOptions,
  ): this

  /**
   * Registers a handler for `provider.unloaded`.
   *
   * The broker calls it when the server is disabled, deleted or changed and when the broker stops,
   * never when a connection is lost. The answer does not count and the broker waits 5 seconds for
   * it.
   *
   * What the handler returns means nothing.
   *
   * @throws {InvalidOptionError} where a filter or an option means nothing
   *
   * @throws {WrongStateError} where the app listens already
   */
  onProviderUnloaded<Result>(
    handler: Listener<ProviderUnloadedRequest, Result>,
    options?: TimeoutOptions,
  ): this

  /**
   * Registers a handler for `client.connect`.
   *
   * The broker calls it when a CONNECT packet arrives, before authentication. The answer does not
   * count: it cannot refuse the client.
   *
   * What the handler returns means nothing. The broker is answered before the handler runs, or
   * after it with `ack: 'late'`.
   *
   * @throws {InvalidOptionError} where a filter or an option means nothing
   *
   * @throws {WrongStateError} where the app listens already
   */
  onClientConnect<Result>(
    handler: Listener<ClientConnectRequest, Result>,
    options?: NotificationOptions,
  ): this

  /**
   * Registers a handler for `client.connack`.
   *
   * The broker calls it before it sends CONNACK. The answer does not count: it cannot change the
   * packet.
   *
   * What the handler returns means nothing. The broker is answered before the handler runs, or
   * after it with `ack: 'late'`.
   *
   * @throws {InvalidOptionError} where a filter or an option means nothing
   *
   * @throws {WrongStateError} where the app listens already
   */
  onClientConnack<Result>(
    handler: Listener<ClientConnackRequest, Result>,
    options?: NotificationOptions,
  ): this

  /**
   * Registers a handler for `client.connected`.
   *
   * The broker calls it when a client is accepted. The answer does not count.
   *
   * What the handler returns means nothing. The broker is answered before the handler runs, or
   * after it with `ack: 'late'`.
   *
   * @throws {InvalidOptionError} where a filter or an option means nothing
   *
   * @throws {WrongStateError} where the app listens already
   */
  onClientConnected<Result>(
    handler: Listener<ClientConnectedRequest, Result>,
    options?: NotificationOptions,
  ): this

  /**
   * Registers a handler for `client.disconnected`.
   *
   * The broker calls it when the connection of an accepted client ends. The answer does not count.
   *
   * What the handler returns means nothing. The broker is answered before the handler runs, or
   * after it with `ack: 'late'`.
   *
   * @throws {InvalidOptionError} where a filter or an option means nothing
   *
   * @throws {WrongStateError} where the app listens already
   */
  onClientDisconnected<Result>(
    handler: Listener<ClientDisconnectedRequest, Result>,
    options?: NotificationOptions,
  ): this

  /**
   * Registers a handler for `client.authenticate`.
   *
   * The broker calls it when a client logs in and no built-in authenticator decides. The answer
   * counts: `bool_result` true admits the client and false refuses it, `IGNORE` keeps the verdict
   * so far.
   *
   * Return true or `allow()`, false or `deny()`, nothing or `ignore()` for no opinion, or
   * `keepGoing(…)` for a verdict that may still be changed.
   *
   * @throws {InvalidOptionError} where a filter or an option means nothing
   *
   * @throws {WrongStateError} where the app listens already
   */
  onClientAuthenticate(
    handler: Handler<ClientAuthenticateRequest, AuthAnswer>,
    options?: AuthOptions,
  ): this

  /**
   * Registers a handler for `client.authorize`.
   *
   * The broker calls it when a client publishes or subscribes and no authorization source matches.
   * With the shipped acl.conf it is never called, as the last rule there matches everything. The
   * answer counts: `bool_result` true allows and false denies. The broker caches it for the client.
   *
   * Return true or `allow()`, false or `deny()`, nothing or `ignore()` for no opinion, or
   * `keepGoing(…)` for a verdict that may still be changed.
   *
   * @throws {InvalidOptionError} where a filter or an option means nothing
   *
   * @throws {WrongStateError} where the app listens already
   */
  onClientAuthorize(
    handler: Handler<ClientAuthorizeRequest, AuthAnswer>,
    options?: AuthOptions,
  ): this

  /**
   * Registers a handler for `client.subscribe`.
   *
   * The broker calls it when a client subscribes, after authorization. The answer does not count:
   * it cannot change the filters.
   *
   * What the handler returns means nothing. The broker is answered before the handler runs, or
   * after it with `ack: 'late'`.
   *
   * @throws {InvalidOptionError} where a filter or an option means nothing
   *
   * @throws {WrongStateError} where the app listens already
   */
  onClientSubscribe<Result>(
    handler: Listener<ClientSubscribeRequest, Result>,
    options?: NotificationOptions,
  ): this

  /**
   * Registers a handler for `client.unsubscribe`.
   *
   * The broker calls it when a client unsubscribes. The answer does not count.
   *
   * What the handler returns means nothing. The broker is answered before the handler runs, or
   * after it with `ack: 'late'`.
   *
   * @throws {InvalidOptionError} where a filter or an option means nothing
   *
   * @throws {WrongStateError} where the app listens already
   */
  onClientUnsubscribe<Result>(
    handler: Listener<ClientUnsubscribeRequest, Result>,
    options?: NotificationOptions,
  ): this

  /**
   * Registers a handler for `session.created`.
   *
   * The broker calls it when a client begins a new session. The answer does not count.
   *
   * What the handler returns means nothing. The broker is answered before the handler runs, or
   * after it with `ack: 'late'`.
   *
   * @throws {InvalidOptionError} where a filter or an option means nothing
   *
   * @throws {WrongStateError} where the app listens already
   */
  onSessionCreated<Result>(
    handler: Listener<SessionCreatedRequest, Result>,
    options?: NotificationOptions,
  ): this

  /**
   * Registers a handler for `session.subscribed`.
   *
   * The broker calls it once for each topic filter that a session subscribes to. The answer does
   * not count.
   *
   * What the handler returns means nothing. The broker is answered before the handler runs, or
   * after it with `ack: 'late'`.
   *
   * @throws {InvalidOptionError} where a filter or an option means nothing
   *
   * @throws {WrongStateError} where the app listens already
   */
  onSessionSubscribed<Result>(
    handler: Listener<SessionSubscribedRequest, Result>,
    options?: NotificationOptions,
  ): this

  /**
   * Registers a handler for `session.unsubscribed`.
   *
   * The broker calls it once for each topic filter that a session gives up. The answer does not
   * count.
   *
   * What the handler returns means nothing. The broker is answered before the handler runs, or
   * after it with `ack: 'late'`.
   *
   * @throws {InvalidOptionError} where a filter or an option means nothing
   *
   * @throws {WrongStateError} where the app listens already
   */
  onSessionUnsubscribed<Result>(
    handler: Listener<SessionUnsubscribedRequest, Result>,
    options?: NotificationOptions,
  ): this

  /**
   * Registers a handler for `session.resumed`.
   *
   * The broker calls it when a client resumes its earlier session. The answer does not count.
   *
   * What the handler returns means nothing. The broker is answered before the handler runs, or
   * after it with `ack: 'late'`.
   *
   * @throws {InvalidOptionError} where a filter or an option means nothing
   *
   * @throws {WrongStateError} where the app listens already
   */
  onSessionResumed<Result>(
    handler: Listener<SessionResumedRequest, Result>,
    options?: NotificationOptions,
  ): this

  /**
   * Registers a handler for `session.discarded`.
   *
   * The broker calls it when a client connects with a clean start and so removes its earlier
   * session. The answer does not count.
   *
   * What the handler returns means nothing. The broker is answered before the handler runs, or
   * after it with `ack: 'late'`.
   *
   * @throws {InvalidOptionError} where a filter or an option means nothing
   *
   * @throws {WrongStateError} where the app listens already
   */
  onSessionDiscarded<Result>(
    handler: Listener<SessionDiscardedRequest, Result>,
    options?: NotificationOptions,
  ): this

  /**
   * Registers a handler for `session.takenover`.
   *
   * The broker calls it when a new connection of the same client id takes a session over. The
   * answer does not count.
   *
   * What the handler returns means nothing. The broker is answered before the handler runs, or
   * after it with `ack: 'late'`.
   *
   * @throws {InvalidOptionError} where a filter or an option means nothing
   *
   * @throws {WrongStateError} where the app listens already
   */
  onSessionTakenover<Result>(
    handler: Listener<SessionTakenoverRequest, Result>,
    options?: NotificationOptions,
  ): this

  /**
   * Registers a handler for `session.terminated`.
   *
   * The broker calls it when a session ends. The answer does not count.
   *
   * What the handler returns means nothing. The broker is answered before the handler runs, or
   * after it with `ack: 'late'`.
   *
   * @throws {InvalidOptionError} where a filter or an option means nothing
   *
   * @throws {WrongStateError} where the app listens already
   */
  onSessionTerminated<Result>(
    handler: Listener<SessionTerminatedRequest, Result>,
    options?: NotificationOptions,
  ): this

  /**
   * Registers a handler for `message.publish`.
   *
   * The broker calls it for each published message, including wills and messages of its HTTP API,
   * but not for topics that begin with `$SYS/`. The answer counts: its `message` replaces topic,
   * QoS and payload, or blocks the message.
   *
   * Return `request.message.replace({…})` to change the message, `block()` to keep it from its
   * subscribers, or nothing to leave it as it is. Topic filters limit the messages; without any,
   * all come.
   *
   * @throws {InvalidOptionError} where a filter or an option means nothing
   *
   * @throws {WrongStateError} where the app listens already
   */
  onMessagePublish(
    handler: Handler<MessagePublishRequest, PublishAnswer>,
    options?: PublishOptions,
  ): this
  onMessagePublish<
    const Filter extends string,
    const Filters extends readonly string[],
  >(
    topics: CheckedFilter<Filter> | CheckedFilters<Filters>,
    handler: Handler<MessagePublishRequest, PublishAnswer>,
    options?: PublishOptions,
  ): this

  /**
   * Registers a handler for `message.delivered`.
   *
   * The broker calls it before it sends a message to a subscriber, once for each subscriber. The
   * answer does not count.
   *
   * What the handler returns means nothing. The broker is answered before the handler runs, or
   * after it with `ack: 'late'`. Topic filters limit the messages; without any, all come.
   *
   * @throws {InvalidOptionError} where a filter or an option means nothing
   *
   * @throws {WrongStateError} where the app listens already
   */
  onMessageDelivered<Result>(
    handler: Listener<MessageDeliveredRequest, Result>,
    options?: NotificationOptions,
  ): this
  onMessageDelivered<
    const Filter extends string,
    const Filters extends readonly string[],
    Result,
  >(
    topics: CheckedFilter<Filter> | CheckedFilters<Filters>,
    handler: Listener<MessageDeliveredRequest, Result>,
    options?: NotificationOptions,
  ): this

  /**
   * Registers a handler for `message.dropped`.
   *
   * The broker calls it when it does not deliver a message, for example because nobody subscribes.
   * The answer does not count.
   *
   * What the handler returns means nothing. The broker is answered before the handler runs, or
   * after it with `ack: 'late'`. Topic filters limit the messages; without any, all come.
   *
   * @throws {InvalidOptionError} where a filter or an option means nothing
   *
   * @throws {WrongStateError} where the app listens already
   */
  onMessageDropped<Result>(
    handler: Listener<MessageDroppedRequest, Result>,
    options?: NotificationOptions,
  ): this
  onMessageDropped<
    const Filter extends string,
    const Filters extends readonly string[],
    Result,
  >(
    topics: CheckedFilter<Filter> | CheckedFilters<Filters>,
    handler: Listener<MessageDroppedRequest, Result>,
    options?: NotificationOptions,
  ): this

  /**
   * Registers a handler for `message.acked`.
   *
   * The broker calls it when a subscriber acknowledges a message of QoS 1 or 2. The answer does not
   * count.
   *
   * What the handler returns means nothing. The broker is answered before the handler runs, or
   * after it with `ack: 'late'`. Topic filters limit the messages; without any, all come.
   *
   * @throws {InvalidOptionError} where a filter or an option means nothing
   *
   * @throws {WrongStateError} where the app listens already
   */
  onMessageAcked<Result>(
    handler: Listener<MessageAckedRequest, Result>,
    options?: NotificationOptions,
  ): this
  onMessageAcked<
    const Filter extends string,
    const Filters extends readonly string[],
    Result,
  >(
    topics: CheckedFilter<Filter> | CheckedFilters<Filters>,
    handler: Listener<MessageAckedRequest, Result>,
    options?: NotificationOptions,
  ): this

  /**
   * Registers a handler for `message.ingress`.
   *
   * The broker calls it when a client publishes, before publish authorization takes effect. Since
   * EMQX 6.3. The answer counts: `STOP_AND_RETURN` with `bool_result` false rejects the message,
   * and an answer without a value is a failure.
   *
   * Return true or `allow()`, false or `deny()`, nothing or `ignore()` for no opinion. Topic
   * filters limit the messages; without any, all come.
   *
   * @throws {InvalidOptionError} where a filter or an option means nothing
   *
   * @throws {WrongStateError} where the app listens already
   */
  onMessageIngress(
    handler: Handler<MessageIngressRequest, IngressAnswer>,
    options?: AuthOptions,
  ): this
  onMessageIngress<
    const Filter extends string,
    const Filters extends readonly string[],
  >(
    topics: CheckedFilter<Filter> | CheckedFilters<Filters>,
    handler: Handler<MessageIngressRequest, IngressAnswer>,
    options?: AuthOptions,
  ): this

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
export type FailureCounter = 
  | 'deadline'
  | 'exception'
  | 'overload'
  | 'bad_answer'
  | 'unanswered'
  | 'undecodable'
  | 'too_large'

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
export type AnyRequest = 
  | ProviderLoadedRequest
  | ProviderUnloadedRequest
  | ClientConnectRequest
  | ClientConnackRequest
  | ClientConnectedRequest
  | ClientDisconnectedRequest
  | ClientAuthenticateRequest
  | ClientAuthorizeRequest
  | ClientSubscribeRequest
  | ClientUnsubscribeRequest
  | SessionCreatedRequest
  | SessionSubscribedRequest
  | SessionUnsubscribedRequest
  | SessionResumedRequest
  | SessionDiscardedRequest
  | SessionTakenoverRequest
  | SessionTerminatedRequest
  | MessagePublishRequest
  | MessageDeliveredRequest
  | MessageDroppedRequest
  | MessageAckedRequest
  | MessageIngressRequest

/** What a broker node says about itself when it loads the server. */
export class BrokerInfo extends Part {
  private constructor()
  /** EMQX version, for example `5.9.2`. */
  readonly version: string
  /** Product name, for example `EMQX Enterprise`. */
  readonly sysdescr: string
  /** Time since the broker's start in milliseconds. */
  readonly uptime: number
  /** Wall clock of the broker as text, for example `2026-11-21T02:42:14.953254468+00:00`. */
  readonly datetime: string
}

/** A connection as the broker sees it before authentication. */
export class ConnInfo extends Part {
  private constructor()
  /** Erlang name of the broker node, for example `emqx@10.0.0.1`. */
  readonly node: string
  /**
   * Client id of the CONNECT packet, empty when the broker is to choose one. A client id that is
   * not UTF-8 never reaches the server.
   */
  readonly clientid: string
  /** User name, empty when the client sends none. */
  readonly username: string
  /** IP address of the client; an IPv4-mapped IPv6 address is in IPv4 form. */
  readonly peerhost: string
  /** Port of the broker's listener. */
  readonly sockport: number
  /** Protocol name of the CONNECT packet: `MQTT`, or `MQIsdp` in MQTT 3.1. */
  readonly proto_name: string
  /**
   * Protocol version as the text of a number: `3` is MQTT 3.1, `4` is MQTT 3.1.1, `5` is MQTT 5.
   */
  readonly proto_ver: string
  /** Keep-alive interval in seconds; 0 turns it off. */
  readonly keepalive: number
  /** Source port of the client. */
  readonly peerport: number
}

/** A client as the broker sees it from authentication on. */
export class ClientInfo extends Part {
  private constructor()
  /** Erlang name of the broker node, for example `emqx@10.0.0.1`. */
  readonly node: string
  /**
   * Client id, chosen by the broker when the client sends none. A client id that is not UTF-8 never
   * reaches the server.
   */
  readonly clientid: string
  /** User name, empty when the client sends none. */
  readonly username: string
  /**
   * Password in clear text, so keep it out of logs. It comes above all with `OnClientAuthenticate`;
   * empty when the client sends none.
   */
  readonly password: string
  /** IP address of the client; an IPv4-mapped IPv6 address is in IPv4 form. */
  readonly peerhost: string
  /** Port of the broker's listener. */
  readonly sockport: number
  /** Protocol of the client, for example `mqtt`, `mqtt-sn` or `coap`. */
  readonly protocol: string
  /** Prefix that the listener puts before the client's topics, empty when it has none. */
  readonly mountpoint: string
  /** True when the broker treats the client as a superuser. An answer cannot change it. */
  readonly is_superuser: boolean
  /** True also when the broker does not know. */
  readonly anonymous: boolean
  /** Common name of the client's TLS certificate, empty without one. */
  readonly cn: string
  /** Subject of the client's TLS certificate, empty without one. */
  readonly dn: string
  /** Source port of the client. */
  readonly peerport: number
}

/**
 * An MQTT message. It holds neither the retain and dup flags nor MQTT 5 properties; the latter are
 * fields of `MessagePublishRequest` and `MessageIngressRequest`.
 */
export class Message extends Part {
  private constructor()
  /** Erlang name of the broker node, for example `emqx@10.0.0.1`. */
  readonly node: string
  /** Message id of the broker in hexadecimal. An answer cannot change it. */
  readonly id: string
  /** QoS: 0, 1 or 2. The broker takes it from an answer without a check. */
  readonly qos: Qos
  /** Client id of the publisher. An answer cannot change it. */
  readonly from: string
  /** Topic with the mountpoint. The broker takes it from an answer without a check. */
  readonly topic: string
  /**
   * Payload; may be empty. The broker takes it from an answer. It shares its memory with other
   * calls of its burst, about 64 KiB: copy what is kept for long.
   */
  readonly payload: Buffer
  /** Time of the publish in milliseconds since 1970-01-01 UTC. An answer cannot change it. */
  readonly timestamp: number
  /**
   * What the broker adds to the message: `username`, `protocol` and `peerhost`, or nothing. In an
   * answer only `allow_publish` counts: `false` blocks the message.
   */
  readonly headers: Record<string, string | undefined>
  /**
   * Returns the message with other topic, qos or payload; what is not given stays as it is.
   *
   * @throws {RangeError} for a topic or qos that cannot be published
   * @throws {TypeError} for a topic or payload of a wrong type
   * @throws {InvalidOptionError} where something else is to be changed
   */
  replace<const Topic extends string = string>(changes: MessageChanges<Topic>): Message
  /** Returns the message as one that does not reach its subscribers. */
  block(): Message
  #private
}

/** One MQTT 5 property as text. */
export class Property extends Part {
  private constructor()
  /** Name, for example `Session-Expiry-Interval`. */
  readonly name: string
  /** Value as text. */
  readonly value: string
  /** The name and the value. */
  [Symbol.iterator](): IterableIterator<string>
}

/** The options of one subscription. */
export class SubOpts extends Part {
  private constructor()
  /** QoS: 0, 1 or 2. Requested in a `TopicFilter`, granted in a `SessionSubscribedRequest`. */
  readonly qos: Qos
  /**
   * Retain handling: retained messages come at each subscribe (0), at a new subscription (1) or
   * never (2).
   */
  readonly rh: number
  /** Retain as published: 1 keeps the retain flag of messages, 0 clears it. */
  readonly rap: number
  /** No local: 1 keeps the client's own messages from it. */
  readonly nl: number
}

/** The broker node that makes a call. */
export class RequestMeta extends Part {
  private constructor()
  /** Erlang name of the broker node, for example `emqx@10.0.0.1`. */
  readonly node: string
  /** EMQX version of the node, for example `5.9.2`. */
  readonly version: string
  /** Product name, for example `EMQX Enterprise`. */
  readonly sysdescr: string
  /** Name of the node's cluster, for example `emqxcl`. */
  readonly cluster_name: string
}

/** One topic filter of a SUBSCRIBE or UNSUBSCRIBE packet. */
export class TopicFilter extends Part {
  private constructor()
  /** Topic filter. A shared subscription keeps its `$share/group/`. */
  readonly name: string
  /** Requested options, all 0 in an UNSUBSCRIBE. */
  readonly subopts: SubOpts
}

/** Request of `OnProviderLoaded`. */
export class ProviderLoadedRequest extends Request {
  private constructor()
  readonly hook: 'provider.loaded'
  /** Version and uptime of the broker. */
  readonly broker: BrokerInfo
  /** Broker node that makes the call. */
  readonly meta: RequestMeta | undefined
}

/** Request of `OnProviderUnloaded`. */
export class ProviderUnloadedRequest extends Request {
  private constructor()
  readonly hook: 'provider.unloaded'
  /** Broker node that makes the call. */
  readonly meta: RequestMeta | undefined
}

/** Request of `OnClientConnect`. */
export class ClientConnectRequest extends Request {
  private constructor()
  readonly hook: 'client.connect'
  /** The connection. */
  readonly conninfo: ConnInfo
  /**
   * Properties of the CONNECT packet in no fixed order, empty before MQTT 5. User-Property pairs
   * are in `user_props`.
   */
  readonly props: readonly Property[]
  /** Broker node that makes the call. */
  readonly meta: RequestMeta | undefined
  /**
   * User-Property pairs of the CONNECT packet in their order, repeated names included. Empty before
   * MQTT 5.
   */
  readonly user_props: readonly Property[]
}

/** Request of `OnClientConnack`. */
export class ClientConnackRequest extends Request {
  private constructor()
  readonly hook: 'client.connack'
  /** The connection. */
  readonly conninfo: ConnInfo
  /** Name of the reason code, for example `success` or `not_authorized`. */
  readonly result_code: string
  /**
   * Properties of the CONNACK packet in no fixed order, empty before MQTT 5. User-Property pairs
   * are in `user_props`.
   */
  readonly props: readonly Property[]
  /** Broker node that makes the call. */
  readonly meta: RequestMeta | undefined
  /**
   * User-Property pairs of the CONNACK packet in their order, repeated names included. Empty before
   * MQTT 5.
   */
  readonly user_props: readonly Property[]
}

/** Request of `OnClientConnected`. */
export class ClientConnectedRequest extends Request {
  private constructor()
  readonly hook: 'client.connected'
  /** The accepted client. */
  readonly clientinfo: ClientInfo
  /** Broker node that makes the call. */
  readonly meta: RequestMeta | undefined
}

/** Request of `OnClientDisconnected`. */
export class ClientDisconnectedRequest extends Request {
  private constructor()
  readonly hook: 'client.disconnected'
  /** Client whose connection ends. */
  readonly clientinfo: ClientInfo
  /**
   * Text of an Erlang term, for example `normal` or `tcp_closed`. The set of texts is not stable.
   */
  readonly reason: string
  /** Broker node that makes the call. */
  readonly meta: RequestMeta | undefined
}

/** Request of `OnClientAuthenticate`. */
export class ClientAuthenticateRequest extends Request {
  private constructor()
  readonly hook: 'client.authenticate'
  /** Client that logs in, with its password. */
  readonly clientinfo: ClientInfo
  /** Verdict so far: true when the broker or an earlier exhook server admits the client. */
  readonly result: boolean
  /** Broker node that makes the call. */
  readonly meta: RequestMeta | undefined
}

/** Request of `OnClientAuthorize`. */
export class ClientAuthorizeRequest extends Request {
  private constructor()
  readonly hook: 'client.authorize'
  /** Client that publishes or subscribes. */
  readonly clientinfo: ClientInfo
  /** Publish or subscribe; QoS and retain flag are not told. */
  readonly type: 'publish' | 'subscribe'
  /** Topic that the client asks for, without `$share/group/` and by default without mountpoint. */
  readonly topic: string
  /** Verdict so far: true means allowed. At first it is the broker's `authorization.no_match`. */
  readonly result: boolean
  /** Broker node that makes the call. */
  readonly meta: RequestMeta | undefined
}

/** Request of `OnClientSubscribe`. */
export class ClientSubscribeRequest extends Request {
  private constructor()
  readonly hook: 'client.subscribe'
  /** Client that subscribes. */
  readonly clientinfo: ClientInfo
  /**
   * Properties of the SUBSCRIBE packet in no fixed order, empty before MQTT 5. User-Property pairs
   * are in `user_props`.
   */
  readonly props: readonly Property[]
  /** Filters of the packet without the denied ones; empty when all are denied. */
  readonly topic_filters: readonly TopicFilter[]
  /** Broker node that makes the call. */
  readonly meta: RequestMeta | undefined
  /**
   * User-Property pairs of the SUBSCRIBE packet in their order, repeated names included. Empty
   * before MQTT 5.
   */
  readonly user_props: readonly Property[]
}

/** Request of `OnClientUnsubscribe`. */
export class ClientUnsubscribeRequest extends Request {
  private constructor()
  readonly hook: 'client.unsubscribe'
  /** Client that unsubscribes. */
  readonly clientinfo: ClientInfo
  /**
   * Properties of the UNSUBSCRIBE packet in no fixed order, empty before MQTT 5. User-Property
   * pairs are in `user_props`.
   */
  readonly props: readonly Property[]
  /** Filters of the packet. */
  readonly topic_filters: readonly TopicFilter[]
  /** Broker node that makes the call. */
  readonly meta: RequestMeta | undefined
  /**
   * User-Property pairs of the UNSUBSCRIBE packet in their order, repeated names included. Empty
   * before MQTT 5.
   */
  readonly user_props: readonly Property[]
}

/** Request of `OnSessionCreated`. */
export class SessionCreatedRequest extends Request {
  private constructor()
  readonly hook: 'session.created'
  /** Client that begins the session. */
  readonly clientinfo: ClientInfo
  /** Broker node that makes the call. */
  readonly meta: RequestMeta | undefined
}

/** Request of `OnSessionSubscribed`. */
export class SessionSubscribedRequest extends Request {
  private constructor()
  readonly hook: 'session.subscribed'
  /** Client that subscribes. */
  readonly clientinfo: ClientInfo
  /** Topic filter with the mountpoint. A shared subscription keeps its `$share/group/`. */
  readonly topic: string
  /** Granted options. */
  readonly subopts: SubOpts
  /** Broker node that makes the call. */
  readonly meta: RequestMeta | undefined
}

/** Request of `OnSessionUnsubscribed`. */
export class SessionUnsubscribedRequest extends Request {
  private constructor()
  readonly hook: 'session.unsubscribed'
  /** Client that unsubscribes. */
  readonly clientinfo: ClientInfo
  /** Topic filter with the mountpoint. A shared subscription keeps its `$share/group/`. */
  readonly topic: string
  /** Broker node that makes the call. */
  readonly meta: RequestMeta | undefined
}

/** Request of `OnSessionResumed`. */
export class SessionResumedRequest extends Request {
  private constructor()
  readonly hook: 'session.resumed'
  /** Client that resumes the session. */
  readonly clientinfo: ClientInfo
  /** Broker node that makes the call. */
  readonly meta: RequestMeta | undefined
}

/** Request of `OnSessionDiscarded`. */
export class SessionDiscardedRequest extends Request {
  private constructor()
  readonly hook: 'session.discarded'
  /** Client on the connection that loses the session. */
  readonly clientinfo: ClientInfo
  /** Broker node that makes the call. */
  readonly meta: RequestMeta | undefined
}

/** Request of `OnSessionTakenover`. */
export class SessionTakenoverRequest extends Request {
  private constructor()
  readonly hook: 'session.takenover'
  /** Client on the connection that loses the session. */
  readonly clientinfo: ClientInfo
  /** Broker node that makes the call. */
  readonly meta: RequestMeta | undefined
}

/** Request of `OnSessionTerminated`. */
export class SessionTerminatedRequest extends Request {
  private constructor()
  readonly hook: 'session.terminated'
  /** Client whose session ends. */
  readonly clientinfo: ClientInfo
  /** Text of an Erlang term, for example `{shutdown,normal}`. The set of texts is not stable. */
  readonly reason: string
  /** Broker node that makes the call. */
  readonly meta: RequestMeta | undefined
}

/** Request of `OnMessagePublish`. */
export class MessagePublishRequest extends Request {
  private constructor()
  readonly hook: 'message.publish'
  /** The topic of the message. */
  readonly topic: string
  /** The published message. */
  readonly message: Message
  /** Broker node that makes the call. */
  readonly meta: RequestMeta | undefined
  /**
   * Properties of the PUBLISH packet in no fixed order, empty before MQTT 5. User-Property pairs
   * are in `user_props`.
   */
  readonly props: readonly Property[]
  /**
   * User-Property pairs of the PUBLISH packet in their order, repeated names included. Empty before
   * MQTT 5.
   */
  readonly user_props: readonly Property[]
}

/** Request of `OnMessageDelivered`. */
export class MessageDeliveredRequest extends Request {
  private constructor()
  readonly hook: 'message.delivered'
  /** The topic of the message. */
  readonly topic: string
  /** Subscriber that receives the message. */
  readonly clientinfo: ClientInfo
  /** The delivered message. */
  readonly message: Message
  /** Broker node that makes the call. */
  readonly meta: RequestMeta | undefined
}

/** Request of `OnMessageDropped`. */
export class MessageDroppedRequest extends Request {
  private constructor()
  readonly hook: 'message.dropped'
  /** The topic of the message. */
  readonly topic: string
  /** The dropped message. */
  readonly message: Message
  /** Text of an Erlang term, for example `no_subscribers`. The set of texts is not stable. */
  readonly reason: string
  /** Broker node that makes the call. */
  readonly meta: RequestMeta | undefined
}

/** Request of `OnMessageAcked`. */
export class MessageAckedRequest extends Request {
  private constructor()
  readonly hook: 'message.acked'
  /** The topic of the message. */
  readonly topic: string
  /** Subscriber that acknowledges the message. */
  readonly clientinfo: ClientInfo
  /** The acknowledged message. */
  readonly message: Message
  /** Broker node that makes the call. */
  readonly meta: RequestMeta | undefined
}

/** Request of `OnMessageIngress`. Since EMQX 6.3. */
export class MessageIngressRequest extends Request {
  private constructor()
  readonly hook: 'message.ingress'
  /** The topic of the message. */
  readonly topic: string
  /** Client that publishes. */
  readonly clientinfo: ClientInfo
  /** The message that it publishes. */
  readonly message: Message
  /** Broker node that makes the call. */
  readonly meta: RequestMeta | undefined
  /**
   * Properties of the PUBLISH packet in no fixed order, empty before MQTT 5. User-Property pairs
   * are in `user_props`.
   */
  readonly props: readonly Property[]
  /**
   * User-Property pairs of the PUBLISH packet in their order, repeated names included. Empty before
   * MQTT 5.
   */
  readonly user_props: readonly Property[]
}
