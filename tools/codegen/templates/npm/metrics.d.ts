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
