// What the publish handlers of all Node.js servers answer with.

/** What a payload begins with that is left as it is. */
export const KEPT = 'k'.charCodeAt(0)

const replacements = new Map()

/** The payload that replaces one of so many bytes. */
export function replacement(length) {
  let payload = replacements.get(length)
  if (payload === undefined) {
    payload = Buffer.alloc(length, 'r')
    replacements.set(length, payload)
  }
  return payload
}
