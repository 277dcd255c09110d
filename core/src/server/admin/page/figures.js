// How figures are written and drawn.

const HISTORY = 120
const whole = new Intl.NumberFormat('en')
const shares = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 })

/** The element with this id. */
function byId(id) {
  return document.getElementById(id)
}

/** Changes what an element says, if it says something else. */
function say(element, text) {
  if (element.textContent !== text) element.textContent = text
}

/** Calls a second, with a decimal where there are few. */
function perSecond(rate) {
  if (rate === null) return '–'
  return rate > 0 && rate < 10 ? rate.toFixed(1) : whole.format(Math.round(rate))
}

/** A count of any size in few letters. */
function count(number) {
  if (number < 1e6) return whole.format(number)
  return number < 1e9 ? `${(number / 1e6).toFixed(2)} M` : `${(number / 1e9).toFixed(2)} G`
}

/** A duration that is given in microseconds. */
function duration(microseconds) {
  if (microseconds < 1e3) return `${microseconds} µs`
  if (microseconds < 1e4) return `${(microseconds / 1e3).toFixed(2)} ms`
  if (microseconds < 1e6) return `${(microseconds / 1e3).toFixed(microseconds < 1e5 ? 1 : 0)} ms`
  return `${(microseconds / 1e6).toFixed(2)} s`
}

/** A long time, in its two largest units. */
function longTime(seconds) {
  const parts = [
    [Math.floor(seconds / 86400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [Math.floor(seconds) % 60, 's'],
  ]
  const first = parts.findIndex(([number]) => number > 0)
  if (first < 0) return '0 s'
  return parts
    .slice(first, first + 2)
    .map(([number, unit]) => `${number} ${unit}`)
    .join(' ')
}

/** Adds the newest value to a history of as many as are drawn. */
function remember(history, value) {
  history.push(value)
  if (history.length > HISTORY) history.shift()
}

/** Draws a history into an SVG element; null is a gap. */
function drawLine(svg, history) {
  const [width, height] = [92, 20]
  if (!svg.firstChild) {
    svg.setAttribute('viewBox', `0 0 ${width} ${height}`)
    for (const name of ['area', '']) {
      const path = document.createElementNS('http://www.w3.org/2000/svg', 'path')
      if (name) path.setAttribute('class', name)
      svg.append(path)
    }
  }
  const most = Math.max(...history.map((value) => value ?? 0), 1e-9)
  const step = width / (HISTORY - 1)
  const begin = HISTORY - history.length
  let [line, area, from] = ['', '', null]
  const close = (to) => {
    if (from !== null) area += `L${to} ${height}L${from} ${height}Z`
    from = null
  }
  history.forEach((value, index) => {
    const x = ((begin + index) * step).toFixed(1)
    if (value === null) {
      close(((begin + index - 1) * step).toFixed(1))
      return
    }
    const y = (height - 1.5 - (value / most) * (height - 3)).toFixed(1)
    const point = `${from === null ? 'M' : 'L'}${x} ${y}`
    from ??= x
    line += point
    area += point
  })
  close(width)
  svg.firstChild.setAttribute('d', area)
  svg.lastChild.setAttribute('d', line)
}
