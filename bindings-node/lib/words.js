'use strict'

/**
 * The end of a message about an unknown name: the known name that is spelled most like it.
 *
 * @param {string} name
 * @param {string[]} known
 */
function didYouMean(name, known) {
  let [nearest, least] = ['', Number.POSITIVE_INFINITY]
  for (const candidate of known) {
    const distance = editDistance(name, candidate)
    if (distance < least) {
      nearest = candidate
      least = distance
    }
  }
  return least <= Math.ceil(nearest.length / 2) ? `; did you mean ${nearest}?` : ''
}

/**
 * How many letters have to be changed, added or left out to get from one word to the other.
 *
 * @param {string} one
 * @param {string} other
 */
function editDistance(one, other) {
  const row = Array.from({ length: other.length + 1 }, (_, column) => column)
  for (let line = 0; line < one.length; line++) {
    let diagonal = row[0]
    row[0] = line + 1
    for (let column = 0; column < other.length; column++) {
      const replaced = diagonal + (other[column] === one[line] ? 0 : 1)
      diagonal = row[column + 1]
      row[column + 1] = Math.min(replaced, diagonal + 1, row[column] + 1)
    }
  }
  return row[other.length]
}

module.exports = { didYouMean }
