// What the server tells once a second, put where it belongs.

const rates = []
let stream = null
let last = null

/** What to do while no broker has come. */
function showEmpty(status) {
  const isEmpty = status.brokers.length === 0 && status.hooks.length === 0
  byId('empty').hidden = !isEmpty
  byId('brokers-section').hidden = isEmpty
  byId('hooks-section').hidden = isEmpty
  byId('calls-section').hidden = isEmpty
  if (!isEmpty) return
  const address = status.address.replace(/^(0\.0\.0\.0|\[::\])/, '127.0.0.1')
  const url = address.startsWith('unix:') ? address : `http://${address}`
  say(byId('empty-address'), status.address)
  const hooks = status.announced.map(({ hook }) => hook)
  say(
    byId('empty-hooks'),
    hooks.length > 0 ? hooks.join(', ') : 'no hooks, because it has no handlers',
  )
  say(byId('empty-url'), url)
  say(
    byId('empty-register'),
    `exhook register --emqx http://127.0.0.1:18083 --name hooks --url ${url}`,
  )
  say(byId('empty-simulate'), `exhook simulate --to ${url}`)
}

function showFigures(status) {
  const now = status.hooks.map((hook) => hook.rate_now ?? 0)
  const recent = status.hooks.filter((hook) => hook.rate !== null)
  const rate = recent.length > 0 ? recent.reduce((sum, hook) => sum + hook.rate, 0) : null
  remember(rates, rate === null ? null : now.reduce((sum, one) => sum + one, 0))
  say(byId('rate'), perSecond(rate))
  drawLine(byId('rate-line'), rates)
  say(byId('inflight'), whole.format(status.inflight))
  say(byId('max-inflight'), `of ${count(status.max_inflight)}`)
  say(byId('inbox'), whole.format(status.inbox_depth))
  say(byId('inbox-capacity'), `of ${count(status.inbox_capacity)}`)
  say(byId('connections'), whole.format(status.connections))
  say(byId('accepted'), `${count(status.connections_accepted)} accepted`)
  const failures = status.hooks.flatMap((hook) => Object.values(hook.failures))
  say(byId('fallbacks'), count(failures.reduce((sum, times) => sum + times, 0)))
  const refused = status.unknown_methods + status.bad_requests + status.connections_refused
  say(byId('refused'), refused > 0 ? `${count(refused)} refused` : '')
  say(byId('uptime'), longTime(status.uptime_seconds))
}

function show(status) {
  if (last && last.started !== status.started) {
    // Another process: what was counted by the one before says nothing about it.
    rates.length = 0
    hookRows.show([])
    brokerRows.show([])
    leftOut = 0
  }
  last = status
  const phase = byId('phase')
  say(phase, status.phase)
  phase.className = `phase ${status.phase === 'serving' ? 'serving' : 'leaving'}`
  say(byId('version'), status.version)
  say(byId('address'), status.address)
  say(byId('process'), `process ${status.process}`)
  say(byId('brokers-count'), whole.format(status.brokers.length))
  say(byId('hooks-window'), `rates, shares and percentiles of the last ${status.window_seconds} s`)
  showFigures(status)
  showEmpty(status)
  showBrokers(status.brokers, status.now)
  showHooks(status.hooks)
  offer(new Set([...status.announced, ...status.hooks].map(({ hook }) => hook)))
}

function showLink(text, isLost) {
  const link = byId('link')
  say(link, text)
  link.classList.toggle('lost', isLost)
}

function watch() {
  stream?.close()
  const opened = new EventSource(`/events?${query()}`)
  stream = opened
  opened.addEventListener('status', (event) => {
    showLink('live', false)
    show(JSON.parse(event.data))
  })
  opened.addEventListener('calls', (event) => addCalls(JSON.parse(event.data)))
  opened.addEventListener('error', () => {
    showLink('connection lost; trying again', true)
    // The browser tries again by itself, unless it was refused.
    if (opened.readyState === EventSource.CLOSED) {
      setTimeout(() => stream === opened && watch(), 2000)
    }
  })
}

byId('pause').addEventListener('click', (event) => {
  const isPaused = stream !== null
  event.currentTarget.setAttribute('aria-pressed', String(isPaused))
  say(event.currentTarget, isPaused ? 'Resume' : 'Pause')
  if (!isPaused) {
    watch()
    return
  }
  stream.close()
  stream = null
  showLink('paused', false)
})

let isChanging = 0
for (const change of ['input', 'reset']) {
  filters.addEventListener(change, () => {
    clearTimeout(isChanging)
    // A reset is done after its event; while somebody types, the server is not asked for each letter.
    setTimeout(showCalls)
    isChanging = setTimeout(() => {
      leftOut = 0
      if (stream) watch()
    }, 300)
  })
}
filters.addEventListener('submit', (event) => event.preventDefault())

showCalls()

watch()
