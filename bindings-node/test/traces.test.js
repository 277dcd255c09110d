'use strict'

// Spans that user code begins are below the span of its handler.

const assert = require('node:assert/strict')
const { test } = require('node:test')
const timers = require('node:timers/promises')
const api = require('@opentelemetry/api')
const { AsyncLocalStorageContextManager } = require('@opentelemetry/context-async-hooks')
const { App, currentRequest } = require('exhook')
const { serve } = require('./support/serve.js')

// Nobody is there; what becomes of the spans of calls is tested in the core.
const COLLECTOR = 'http://127.0.0.1:9'

test('the span of a handler is the current one, wherever it awaits', async (t) => {
  api.context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  t.after(() => api.context.disable())
  const seen = []
  const note = () => {
    const { traceId, spanId } = api.trace.getSpanContext(api.context.active())
    seen.push([`00-${traceId}-${spanId}-01`, currentRequest().traceparent])
    return true
  }
  const app = new App({ otlpEndpoint: COLLECTOR })
  app.onClientAuthenticate(note)
  app.onClientAuthorize(async () => {
    await timers.setTimeout(2)
    return note()
  })
  const broker = await serve(t, app)
  await Promise.all([broker.authenticate('c1'), broker.authenticate('c2'), broker.authorize()])
  assert.equal(new Set(seen.map(([current]) => current)).size, 3)
  for (const [current, traceparent] of seen) {
    assert.equal(current, traceparent)
  }
  assert.equal(api.trace.getSpanContext(api.context.active()), undefined)
})

test('a call that is not traced has no span', async (t) => {
  const seen = []
  const app = new App({ otlpEndpoint: COLLECTOR, otlpSamplePercent: 0 })
  app.onClientAuthenticate(({ traceparent }) => {
    seen.push(traceparent)
    return true
  })
  const broker = await serve(t, app)
  assert.equal(await broker.authenticate(), 'allow')
  assert.deepEqual(seen, [undefined])
})
