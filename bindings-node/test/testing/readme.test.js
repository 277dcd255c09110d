'use strict'

// The examples of both READMEs, run as they stand there.

const assert = require('node:assert/strict')
const fs = require('node:fs')
const path = require('node:path')
const { test } = require('node:test')
const { directory, start } = require('../support/program.js')

const PACKAGE = path.join(__dirname, '../..')
const OWN = path.join(PACKAGE, 'README.md')
const COMMON = path.join(PACKAGE, '../README.md')

/** The JavaScript in the section about tests of a README. */
function examples(file) {
  const [, section] = fs.readFileSync(file, 'utf8').split('\n## Test your hooks\n')
  const [text] = section.split('\n## ')
  return [...text.matchAll(/^```js\n(.*?)^```$/gms)].map((match) => match[1])
}

for (const file of [OWN, COMMON]) {
  const name = path.relative(path.join(PACKAGE, '..'), file)
  test(`the example in ${name} passes`, async (t) => {
    const [app] = examples(OWN)
    const hooks = examples(file).at(-1)
    const cwd = directory(t)
    fs.writeFileSync(path.join(cwd, 'package.json'), '{ "type": "module" }')
    fs.writeFileSync(path.join(cwd, 'app.js'), app)
    fs.writeFileSync(path.join(cwd, 'hooks.test.js'), hooks)
    const run = start(t, ['--test', '--test-reporter=tap', 'hooks.test.js'], cwd)
    assert.equal(await run.ends(), 0, run.output)
    assert.match(run.output, /^# pass 1$/m)
  })
}
