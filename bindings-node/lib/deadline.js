'use strict'

/** An `AbortSignal` that is aborted at the deadline of a call, unless the call ends before. */
class DeadlineSignal {
  /**
   * @param {number} milliseconds until the deadline, `Infinity` where there is none
   * @param {Set<DeadlineSignal>} signals where it is while its call runs
   */
  constructor(milliseconds, signals) {
    this._controller = new AbortController()
    this._signals = signals
    signals.add(this)
    if (milliseconds === 0) {
      this._expire()
    } else if (milliseconds !== Number.POSITIVE_INFINITY) {
      this._timer = setTimeout(() => this._expire(), milliseconds).unref()
    }
  }

  get signal() {
    return this._controller.signal
  }

  _expire() {
    this.abort(new DOMException('the deadline of the call has passed', 'TimeoutError'))
  }

  /**
   * Aborts because of `reason`.
   *
   * @param {unknown} reason
   */
  abort(reason) {
    this.end()
    this._controller.abort(reason)
  }

  /** Leaves the signal as it is from now on: the call has ended. */
  end() {
    clearTimeout(this._timer)
    this._signals.delete(this)
  }
}

module.exports = { DeadlineSignal }
