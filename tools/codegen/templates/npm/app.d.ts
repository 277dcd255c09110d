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
