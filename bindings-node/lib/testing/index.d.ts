import type { AnyRequest, App, HookName } from '../index.js'

/** What is done with the end of a test: the context that `node:test` or vitest hands to it. */
export type TestContext =
  | { after(act: () => Promise<void>): void }
  | { onTestFinished(act: () => Promise<void>): void }

/** How a broker calls one program: what `exhook.servers` says of it in EMQX. */
export interface ProviderOptions {
  /** How long the broker waits for an answer, in milliseconds. Default: 5000. */
  requestTimeoutMs?: number | undefined
  /**
   * What it does where none comes: refuses the client or the topic, or asks the next program.
   * Messages are published either way. Default: `'deny'`.
   */
  failedAction?: 'deny' | 'ignore' | undefined
  /** How long it waits before it tries again to load, in milliseconds; 0 for never. Default: 60000. */
  autoReconnectMs?: number | undefined
  /** How many connections each node opens. Default: 8. */
  poolSize?: number | undefined
}

/** How a broker behaves, and how it calls its programs. */
export interface BrokerOptions extends ProviderOptions {
  /**
   * Which EMQX it behaves like, 4.3 or newer: `'5.8.9'`, or `'5.8'` for its last release. Default:
   * one of the newest.
   */
  version?: string | undefined
  /** How many nodes the cluster has. Each loads every program. Default: 1. */
  nodes?: number | undefined
  /**
   * What the broker's own authenticators say, where it has any: `client.authenticate` is called only
   * when there are none. Default: none.
   */
  authentication?: 'allow' | 'deny' | undefined
  /**
   * What the broker's own authorization sources say, where one matches. EMQX 5 and later call
   * `client.authorize` only when none does; EMQX 4 calls it first. Default: none matches.
   */
  authorization?: 'allow' | 'deny' | undefined
  /** What holds where neither a source nor a hook has an opinion. Default: `'allow'`. */
  noMatch?: 'allow' | 'deny' | undefined
  /** Whether answers to authorizations are kept. Default: true. */
  authorizationCache?: boolean | undefined
  /**
   * How many times faster the broker's own waits pass, those between attempts to connect or to load.
   * Default: 1, real time.
   */
  pace?: number | undefined
  /** Whether calls and received messages are kept. Default: true. */
  keepCalls?: boolean | undefined
  /** The context of the test: the broker is closed when it ends. Default: `close()` does it. */
  context?: TestContext | undefined
  /**
   * Whether `start` fails where a program cannot be loaded. Default: true. EMQX starts all the same,
   * lets everybody in, and tries again.
   */
  load?: boolean | undefined
}

/** A program with options of its own. */
export type ProgramOptions = ProviderOptions & {
  /** What the broker calls it. Default: `'default'`, or `'program1'` and so on where it is one of many. */
  name?: string | undefined
} & ({ app: App; url?: undefined } | { url: string; app?: undefined })

/**
 * A program that the broker calls: an app of this process that does not listen so far, or the URL of
 * one that runs elsewhere, `'http://127.0.0.1:9000'` or `'unix:/path'`.
 */
export type Program = App | string | ProgramOptions

/** A simulated EMQX, which calls hook programs as the real one does. */
export class Broker {
  private constructor()

  /**
   * Starts a broker, and loads its programs, one after the other. Apps listen on a free port of this
   * machine until the broker is closed.
   *
   * Rejects with `InvalidOptionError` where an option means nothing, `WrongStateError` where an app
   * listens already, and `IoError` where a program cannot be loaded.
   */
  static start(programs: Program | readonly Program[], options?: BrokerOptions): Promise<Broker>

  /**
   * A client that is not connected so far. Several may have the same client id, of which the last to
   * connect has it.
   *
   * @throws {InvalidOptionError} where an option means nothing
   */
  client(clientid: string, options?: ClientOptions): Client

  /** Publishes as the broker's REST API does: no client, no authorization. */
  publish(topic: string, payload?: Payload, options?: PublishOptions): Promise<Published>

  /** The calls so far, in the order in which they ended. */
  calls<Hook extends HookName = HookName>(
    filter?: CallFilter & { hook?: Hook | undefined },
  ): Promise<RecordedCall<Hook>[]>

  /** Forgets the calls so far. */
  forgetCalls(): Promise<void>

  /**
   * Resolves to the calls of a hook; rejects with an `AssertionError` that shows the calls which were
   * made where there is none, or not so many as `times` says.
   */
  assertCalled<Hook extends HookName>(
    hook: Hook,
    filter?: CallFilter & { times?: number | undefined },
  ): Promise<RecordedCall<Hook>[]>

  /** Rejects with an `AssertionError` where a hook was called. */
  assertNotCalled(hook: HookName, filter?: CallFilter): Promise<void>

  /** How each node stands with each program. */
  status(): Promise<NodeStatus[]>

  /** Waits until every program is loaded, for 10 s unless told otherwise; else rejects and says why. */
  waitUntilLoaded(options?: WaitOptions): Promise<void>

  /**
   * Waits until the apps have handled everything that was called, for 10 s unless told otherwise:
   * handlers of notifications run after the broker is answered. Rejects with an `AssertionError` where
   * that takes longer, and with `WrongStateError` where the programs run elsewhere.
   */
  waitUntilHandled(options?: WaitOptions): Promise<void>

  /** Unloads a program on every node, as disabling it in EMQX does. Default: all of them. */
  disable(program?: string): Promise<void>

  /** Loads a program on every node, as enabling it in EMQX does. Default: all of them. */
  enable(program?: string): Promise<void>

  /**
   * Restarts every node: with an unload where it is orderly, else as if it were killed. Sessions and
   * what is retained stay.
   */
  restart(options?: { orderly?: boolean | undefined }): Promise<void>

  /**
   * Ends the apps, as a program ends that is stopped; the broker goes on. Rejects with
   * `WrongStateError` where the programs run elsewhere.
   */
  stopApps(): Promise<void>

  /** Serves the apps again, where they were served before. */
  startApps(): Promise<void>

  /** Cuts every connection to the programs, as a network does that fails. */
  cutConnections(): Promise<void>

  /** Makes every call take this much longer, as a slow network does; counts against the timeout. */
  delayCalls(delayMs: number): Promise<void>

  /**
   * Resolves to what `act` does, during which the broker waits for answers no longer than this, so
   * that the fallback of a slow handler shows soon.
   */
  withRequestTimeout<Result>(
    timeoutMs: number,
    act: () => Result | PromiseLike<Result>,
  ): Promise<Result>

  /** Unloads the programs, ends the broker, and closes its apps. Further calls have no effect. */
  close(): Promise<void>

  /** The same as `close()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>
}

/** An MQTT client of a broker. What it does, it does one after the other. */
export class Client {
  private constructor()

  /** Its client id. */
  readonly clientid: string

  /** Connects. A client that is connected already takes its own session over. */
  connect(): Promise<Connected>

  /**
   * Subscribes to one filter or several. Like everything below it rejects with `WrongStateError` while
   * the client is not connected, and with `InvalidOptionError` where an option means nothing.
   */
  subscribe(
    filters: string | Subscription | readonly (string | Subscription)[],
    options?: SubscribeOptions,
  ): Promise<Subscribed>

  /** Gives up subscriptions, those included that it does not have. */
  unsubscribe(filters: string | readonly string[]): Promise<Done>

  /** Publishes, and waits until the subscribers have the message. */
  publish(topic: string, payload?: Payload, options?: PublishOptions): Promise<Published>

  /** Leaves with a DISCONNECT: its will is not published. */
  disconnect(): Promise<Done>

  /** Loses its connection: its will is published. */
  loseConnection(): Promise<Done>

  /** The messages that it has received so far, connected or not, in their order. */
  received(): Promise<MqttMessage[]>

  /** Whether it is connected, and no other has taken its client id. */
  isConnected(): Promise<boolean>
}

/** A payload: a text in UTF-8, or bytes. */
export type Payload = string | Uint8Array

/** MQTT 5 user properties. */
export type UserProperties =
  | Readonly<Record<string, string>>
  | readonly (readonly [name: string, value: string])[]

/** Who a client is, and how it connects. */
export interface ClientOptions {
  /** Its user name. Default: none. */
  username?: string | undefined
  /** Its password. Default: none. */
  password?: string | undefined
  /** 3 for MQTT 3.1, 4 for 3.1.1, 5. Default: 5. */
  protocolVersion?: 3 | 4 | 5 | undefined
  /** Whether it begins without its old session. Default: true. */
  cleanStart?: boolean | undefined
  /** How many seconds its session outlives its connection; here, all but 0 are for ever. Default: 0. */
  sessionExpiryInterval?: number | undefined
  /** Its keep alive in seconds. Default: 60. */
  keepalive?: number | undefined
  /** The address it comes from. Default: `'127.0.0.1'`. */
  peerhost?: string | undefined
  /** What is published when its connection is lost. */
  will?: (PublishOptions & { topic: string; payload?: Payload | undefined }) | undefined
  /** The user properties of its CONNECT. */
  userProperties?: UserProperties | undefined
  /** The node it connects to, from 0. Default: the nodes take turns. */
  node?: number | undefined
}

/** How a message is published. */
export interface PublishOptions {
  /** The quality of service. Default: 0. */
  qos?: 0 | 1 | 2 | undefined
  /** Whether it is retained. Default: false. */
  retain?: boolean | undefined
  /** Its user properties, which hooks see since EMQX 5.9. */
  userProperties?: UserProperties | undefined
}

/** How a client subscribes. */
export interface SubscribeOptions {
  /** The best quality of service it wants. Default: 0. */
  qos?: 0 | 1 | 2 | undefined
  /** Whether it does not want what it publishes itself. Default: false. */
  noLocal?: boolean | undefined
}

/** A topic filter with options of its own; `'$share/group/filter'` for a shared subscription. */
export interface Subscription extends SubscribeOptions {
  /** The topic filter. */
  filter: string
}

/** For how long something is waited for. */
export interface WaitOptions {
  /** In milliseconds. Default: 10000. */
  timeoutMs?: number | undefined
}

/** Which calls are meant: those that are all of this. */
export interface CallFilter {
  /** Of this client id. */
  clientid?: string | undefined
  /** About this topic. */
  topic?: string | undefined
  /** By this node. */
  node?: string | undefined
  /** Of this program. */
  provider?: string | undefined
  /** Of which this came. */
  result?: CallResult | undefined
  /** That were answered so. */
  verdict?: CallVerdict | undefined
}

/** What a broker made of a call: it has an answer, none that it can use, or none at all. */
export type CallResult = 'answered' | 'unusable' | 'failed'

/** What an answer says. */
export type CallVerdict =
  | 'allow'
  | 'deny'
  | 'continue true'
  | 'continue false'
  | 'ignore'
  | 'replace'
  | 'block'
  | 'done'
  | 'loaded'

/** A call of a hook, as the broker made it. */
export interface HookCall {
  /** Its place among all calls of the broker, from 0, in the order in which they ended. */
  number: number
  /** The node that called. */
  node: string
  /** The program that was called. */
  provider: string
  /** The hook. */
  hook: HookName
  /** The client that it is about, empty where there is none. */
  clientid: string
  /** The topic that it is about, where there is one. */
  topic: string | undefined
  /** What came of it: `'failed'` is what `failedAction` is for. */
  result: CallResult
  /** The answer, where there is one that can be used. */
  verdict?: CallVerdict
  /** Why there is none. */
  reason?: string
  /** How long the client waited for it, in milliseconds. */
  elapsedMs: number
}

/** A call that the broker has kept, with what it asked. */
export interface RecordedCall<Hook extends HookName = HookName> extends HookCall {
  hook: Hook
  /**
   * The request as handlers see it, with those fields too that an older EMQX does not send. It is not
   * shown or compared with the call.
   */
  readonly request: Extract<AnyRequest, { readonly hook: Hook }>
}

/** A message as MQTT clients see it. */
export interface MqttMessage {
  /** The topic. */
  topic: string
  /** The payload. */
  payload: Buffer
  /** The quality of service. */
  qos: number
  /** Whether it is a retained one. */
  retain: boolean
  /** The client that published it, empty where none did. */
  from: string
}

/** What a client experienced that connects. */
export interface Connected {
  /** Whether the broker let it in. */
  accepted: boolean
  /** The reason in its CONNACK. */
  reason: 'success' | 'not_authorized'
  /** The number of that reason in MQTT 5: 0, or 135 for not authorized. */
  reasonCode: number
  /** Whether the broker had a session of it. */
  sessionPresent: boolean
  /** The calls that were made for it. */
  calls: HookCall[]
}

/** What a client experienced that subscribes. */
export interface Subscribed {
  /** Whether all filters were granted. */
  accepted: boolean
  /** What became of each filter, in the order of the request. */
  filters: {
    /** The filter as the client gave it. */
    filter: string
    /** Whether it was granted. */
    granted: boolean
    /** The number in the SUBACK: the quality of service, or 135, not authorized. */
    reasonCode: number
  }[]
  /** The calls that were made for it. */
  calls: HookCall[]
}

/** What became of a published message. */
export interface Published {
  /** Whether the client was allowed to. */
  authorized: boolean
  /** Whether a hook blocked the message. */
  blocked: boolean
  /** What subscribers of its topic get; undefined where it was not authorized, or blocked, or lost. */
  deliveredAs: MqttMessage | undefined
  /** The clients that got it. */
  deliveredTo: string[]
  /**
   * The number in the PUBACK of MQTT 5: 0, 16 for no matching subscribers, which is what a blocked
   * message gets too, 135 for not authorized.
   */
  reasonCode: number
  /** The calls that were made for it, those for its subscribers included. */
  calls: HookCall[]
}

/** What a client experienced otherwise. */
export interface Done {
  /** The calls that were made for it. */
  calls: HookCall[]
}

/** How one node stands with one program, in EMQX's words. */
export interface NodeStatus {
  /** The node. */
  node: string
  /** The program. */
  provider: string
  /** How they stand: the broker still tries to load one that is connecting. */
  status: 'connected' | 'connecting' | 'disconnected' | 'disabled'
  /** Why it is not connected. */
  reason: string | undefined
  /** The hooks that the node calls, with the filters that their topics have to match. */
  hooks: { hook: HookName; topics: string[] }[]
  /** How often it was loaded. */
  loads: number
}
