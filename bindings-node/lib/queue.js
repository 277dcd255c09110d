'use strict'

const { AsyncResource } = require('node:async_hooks')
const { createHistogram } = require('node:perf_hooks')

const { Answers } = require('./answers.js')
const { inContext } = require('./context.js')
const { Slab } = require('./part.js')
const { HANDLER, ID } = require('./request.js')
const { inSpan } = require('./tracing.js')
const { CODES } = require('./verdict.js')

// A burst at most, so that everything else on the event loop has its turn.
const MOST_AT_ONCE = 256
const SLAB_BYTES = 64 * 1024
// With less than this left, a slab is not worth another call of native code.
const SMALLEST_REST = 2 * 1024

// The head of a burst, in words; `src/queue.rs` has the same.
const END = 0
const NEEDED = 1
const LAG = 2
const MORE = 3
const HEAD_BYTES = 16

/** Takes the calls that wait for this event loop, has them handled, and gives the answers. */
class CallQueue {
  /**
   * @param {readonly import('./handler.js').Handler[]} handlers by their numbers
   * @param {boolean} hasContext whether handlers run with their request as `currentRequest()`
   * @param {import('./reporter.js').Reporter} reporter
   */
  constructor(handlers, hasContext, reporter) {
    this.drain = this.drain.bind(this)
    this._flush = this._flush.bind(this)
    this._handlers = handlers
    this._hasContext = hasContext
    this._reporter = reporter
    /** @type {import('./native.js').Lane | undefined} */
    this._lane = undefined
    /** @type {Set<import('./deadline.js').DeadlineSignal>} */
    this._signals = new Set()
    this._slabNumber = 0
    // Whoever could still answer a call has its slab: what a lost promise would have answered is
    // let go with it.
    this._abandoned = new FinalizationRegistry((/** @type {number} */ number) =>
      this._forget(number),
    )
    this._slab = new Slab(SLAB_BYTES, this._signals)
    this._answers = new Answers((bytes, length) => this._give(bytes, length))
    this._isFlushing = false
    this._hasEndedEvent = false
    /** How many handlers have been called and are not done. */
    this.running = 0
    this._lag = createHistogram()
    // In a scope that JavaScript has entered, Node.js finds the current resource for each promise
    // without a call of native code.
    this._scope = new AsyncResource('exhook', { requireManualDestroy: true })
  }

  /**
   * Begins to take calls; those that came before are taken now.
   *
   * @param {import('./native.js').Lane} lane
   */
  open(lane) {
    this._lane = lane
    this.drain()
  }

  /** Takes no more calls, and aborts the signals of those that still run. */
  close() {
    this._lane = undefined
    for (const signal of this._signals) {
      signal.abort(new DOMException('the app was closed', 'AbortError'))
    }
  }

  /**
   * Whether a request is one of this queue's whose handler still runs.
   *
   * @param {import('./request.js').Request | undefined} request
   */
  isHandling(request) {
    return request?._isOpen === true && request._slab.signals === this._signals
  }

  /** For how long the event loop let calls wait, in milliseconds. */
  lagMs() {
    const { count, mean, max } = this._lag
    const percentile = (/** @type {number} */ share) => this._lag.percentile(share) / 1e3
    return {
      count,
      mean: count === 0 ? 0 : mean / 1e3,
      max: count === 0 ? 0 : max / 1e3,
      p50: percentile(50),
      p90: percentile(90),
      p99: percentile(99),
    }
  }

  /** Handles a burst of calls; native code rings for it. */
  drain() {
    if (this._lane !== undefined) {
      this._scope.runInAsyncScope(this._drain, this, this._lane)
    }
  }

  /** @param {import('./native.js').Lane} lane */
  _drain(lane) {
    // How many calls are taken before everything else on the loop has its turn.
    let left = MOST_AT_ONCE
    let more = 0
    let needed = 0
    do {
      if (this._slab.bytes.length - this._slab.used < SMALLEST_REST) {
        this._renewSlab(SLAB_BYTES)
      }
      const slab = this._slab
      const start = slab.used
      const head = start >> 2
      const count = lane.drain(slab.bytes, this._slabNumber, start, left)
      // Before any handler runs: one may close the app, or take long.
      slab.used = slab.words[head + END]
      slab.open += count
      more = slab.words[head + MORE]
      needed = slab.words[head + NEEDED]
      const lag = slab.words[head + LAG]
      if (lag > 0) {
        this._lag.record(lag)
      }
      left -= count
      this._hasEndedEvent = false
      for (let at = (start + HEAD_BYTES) >> 2, taken = 0; taken < count; taken += 1) {
        this._handle(slab, at)
        at += slab.words[at] >> 2
      }
      if (needed === 0) {
        this._answers.flush()
      } else {
        this._renewSlab(Math.max(SLAB_BYTES, Math.ceil((needed + HEAD_BYTES) / 8) * 8))
      }
      // The next event of a client comes when the one before has ended.
    } while (left > 0 && (needed > 0 || this._hasEndedEvent))
    this._answers.flush()
    if (more) {
      setImmediate(this.drain)
    }
  }

  /**
   * Takes other memory into use. That which was is watched only while calls in it are open: what is
   * watched stays until a collection of the whole heap, and that is rare.
   *
   * @param {number} size
   */
  _renewSlab(size) {
    if (this._slab.open > 0) {
      this._abandoned.register(this._slab, this._slabNumber, this._slab)
    }
    this._slabNumber = (this._slabNumber + 1) >>> 0
    this._slab = new Slab(size, this._signals)
  }

  /**
   * Notes that a call in a slab has its answer.
   *
   * @param {Slab} slab
   */
  _answered(slab) {
    slab.open -= 1
    if (slab.open === 0 && slab !== this._slab) {
      this._abandoned.unregister(slab)
    }
  }

  /**
   * Lets go of the calls of a slab that is no more.
   *
   * @param {number} number
   */
  _forget(number) {
    this.running -= this._lane?.forget(number) ?? 0
  }

  /**
   * @param {Slab} slab
   * @param {number} at
   */
  _handle(slab, at) {
    const handler = this._handlers[slab.words[at + HANDLER]]
    const request = new handler.Request(slab, at)
    const { traceparent } = request
    const call = traceparent === undefined ? handler.call : inSpan(traceparent, handler.call)
    let result
    try {
      result = this._hasContext ? inContext(request, call) : call(request)
      if (isThenable(result)) {
        this._await(handler, request, result)
        return
      }
    } catch (error) {
      this._threw(handler, request, error)
      return
    }
    this._returned(handler, request, result)
  }

  /**
   * @param {import('./handler.js').Handler} handler
   * @param {import('./request.js').Request} request
   * @param {PromiseLike<unknown>} result
   */
  _await(handler, request, result) {
    const promise = result instanceof Promise ? result : Promise.resolve(result)
    this.running += 1
    promise.then(
      (value) => {
        this.running -= 1
        this._returned(handler, request, value)
        this._flushSoon()
      },
      (error) => {
        this.running -= 1
        this._threw(handler, request, error)
        this._flushSoon()
      },
    )
  }

  /**
   * @param {import('./handler.js').Handler} handler
   * @param {import('./request.js').Request} request
   * @param {unknown} result
   */
  _returned(handler, request, result) {
    request._end()
    this._hasEndedEvent ||= !handler.isValued
    const slab = request._slab
    const id = slab.words[request._at + ID]
    const patch = handler.patchOf(request, result)
    if (patch !== undefined) {
      this._answers.addMessage(id, patch)
      this._answered(slab)
      return
    }
    const code = handler.codeOf(result)
    this._answers.add(id, code)
    this._answered(slab)
    if (code === CODES.badAnswer) {
      handler.complain(request, result)
    }
  }

  /**
   * @param {import('./handler.js').Handler} handler
   * @param {import('./request.js').Request} request
   * @param {unknown} error
   */
  _threw(handler, request, error) {
    request._end()
    this._hasEndedEvent ||= !handler.isValued
    const slab = request._slab
    this._answers.add(slab.words[request._at + ID], CODES.threw)
    this._answered(slab)
    handler.threw(request, error)
  }

  _flushSoon() {
    if (!this._isFlushing) {
      this._isFlushing = true
      // After every promise that is settled now has given its answer.
      process.nextTick(this._flush)
    }
  }

  _flush() {
    this._isFlushing = false
    this._answers.flush()
  }

  /**
   * @param {Buffer} bytes
   * @param {number} length
   */
  _give(bytes, length) {
    // Without a lane the core has answered by itself.
    for (const problem of this._lane?.answer(bytes, length) ?? []) {
      this._reporter.log('error', `an answer was refused, the fallback is answered: ${problem}`)
    }
  }
}

/**
 * @param {unknown} result
 * @returns {result is PromiseLike<unknown>}
 */
function isThenable(result) {
  return (
    result !== null &&
    typeof result === 'object' &&
    typeof (/** @type {{ then?: unknown }} */ (result).then) === 'function'
  )
}

module.exports = { CallQueue }
