// The tables of brokers and hooks. Their rows stay the same elements, so that a selection, or a
// screen reader, keeps its place.

/** A table whose rows have keys; `cells` are [class, label] of each, the first is the row's head. */
class Rows {
  constructor(body, cells) {
    this.body = body
    this.cells = cells
    this.rows = new Map()
  }

  /** Shows one row for each item, in their order. */
  show(items, keyOf, fill) {
    const seen = new Set()
    let next = this.body.firstElementChild
    for (const item of items) {
      const key = keyOf(item)
      seen.add(key)
      const row = this.rows.get(key) ?? this.make(key)
      if (row.element === next) next = next.nextElementSibling
      else this.body.insertBefore(row.element, next)
      fill(row, item)
    }
    for (const [key, row] of this.rows) {
      if (seen.has(key)) continue
      row.element.remove()
      this.rows.delete(key)
    }
  }

  make(key) {
    const element = document.createElement('tr')
    element.setAttribute('role', 'row')
    const cells = this.cells.map(([name, label], index) => {
      const cell = document.createElement(index === 0 ? 'th' : 'td')
      cell.setAttribute('role', index === 0 ? 'rowheader' : 'cell')
      if (index === 0) cell.scope = 'row'
      if (name) cell.className = name
      if (label) cell.dataset.label = label
      return cell
    })
    element.append(...cells)
    const row = { element, cells }
    this.rows.set(key, row)
    return row
  }
}

/** An element of this kind and class that says `text`. */
function spoken(kind, name, text) {
  const element = document.createElement(kind)
  if (name) element.className = name
  element.textContent = text
  return element
}

/** An empty drawing. */
function drawing() {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  svg.setAttribute('class', 'line')
  svg.setAttribute('aria-hidden', 'true')
  return svg
}

/** The shares of verdicts, as a bar and in words. */
function showShares(row, verdicts) {
  const names = Object.keys(verdicts)
  if (row.verdicts !== names.join()) {
    row.verdicts = names.join()
    const bar = spoken('div', 'bar', '')
    bar.setAttribute('aria-hidden', 'true')
    bar.append(...names.map((name) => spoken('i', name, '')))
    const words = spoken('div', 'names', '')
    words.append(...names.map((name) => spoken('span', name, '')))
    row.cells[3].replaceChildren(...(names.length > 0 ? [bar, words] : []))
  }
  const [bar, words] = row.cells[3].children
  const sum = names.reduce((sum, name) => sum + verdicts[name], 0)
  names.forEach((name, index) => {
    bar.children[index].style.flexGrow = verdicts[name]
    say(words.children[index], `${name} ${shares.format(verdicts[name] / sum)}`)
  })
}

/** What went wrong, each with how often it did. */
function showTrouble(row, hook) {
  const trouble = Object.entries(hook.failures).map(([cause, times]) => ['', cause, times])
  if (hook.late > 0) trouble.push(['late', 'late', hook.late])
  if (hook.dropped > 0) trouble.push(['dropped', 'dropped', hook.dropped])
  const cell = row.cells[9]
  const text = JSON.stringify(trouble)
  if (row.trouble === text) return
  row.trouble = text
  cell.replaceChildren(
    ...trouble.map(([name, cause, times]) => spoken('span', name, `${cause} ${count(times)}`)),
  )
}

const hookRows = new Rows(byId('hooks'), [
  ['', ''],
  ['number', 'calls/s'],
  ['rate-line', ''],
  ['shares', ''],
  ['number latency', 'p50'],
  ['number latency', 'p99'],
  ['number latency', 'p99.9'],
  ['slow-line', ''],
  ['number total', 'total'],
  ['trouble', ''],
])

function showHooks(hooks) {
  hookRows.show(
    hooks,
    (hook) => `${hook.hook} ${hook.package}`,
    (row, hook) => {
      if (!row.rates) {
        row.rates = []
        row.slowest = []
        row.cells[0].append(`${hook.hook} `, spoken('span', 'tag', hook.package))
        row.cells[2].append(drawing())
        row.cells[7].append(drawing())
      }
      const latency = hook.latency
      remember(row.rates, hook.rate_now)
      remember(row.slowest, latency ? latency.p99 : null)
      row.element.classList.toggle('idle', !hook.rate)
      say(row.cells[1], perSecond(hook.rate))
      drawLine(row.cells[2].firstChild, row.rates)
      // What is called seldom shows the shares since the start.
      showShares(row, hook.rate ? hook.verdicts : hook.answers)
      say(row.cells[4], latency ? duration(latency.p50) : '–')
      say(row.cells[5], latency ? duration(latency.p99) : '–')
      say(row.cells[6], latency ? duration(latency.p999) : '–')
      drawLine(row.cells[7].firstChild, row.slowest)
      say(row.cells[8], count(hook.calls))
      showTrouble(row, hook)
    },
  )
}

const brokerRows = new Rows(byId('brokers'), [
  ['', ''],
  ['', 'version'],
  ['', 'package'],
  ['mono', 'address'],
  ['number', 'connections'],
  ['', 'loaded'],
])

function showBrokers(brokers, now) {
  brokerRows.show(
    brokers,
    (broker) => `${broker.address} ${broker.node}`,
    (row, broker) => {
      row.element.classList.toggle('gone', broker.connections === 0)
      say(row.cells[0], broker.node || 'unnamed node')
      say(row.cells[1], broker.version ? `EMQX ${broker.version}` : 'not told')
      say(row.cells[2], broker.package)
      say(row.cells[3], broker.address ?? 'Unix socket')
      say(row.cells[4], broker.connections === 0 ? 'gone' : whole.format(broker.connections))
      const loaded = row.cells[5]
      if (broker.loaded === null) {
        say(loaded, 'before this program began')
      } else {
        say(loaded, `${longTime(Math.max(0, now - broker.loaded) / 1000)} ago`)
        loaded.title = new Date(broker.loaded).toLocaleString()
      }
    },
  )
}
