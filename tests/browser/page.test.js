// The live page of the admin listener in a real browser.

import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { HookProgram, openBrowser, ROOT } from './stage.js'

const PICTURES = join(ROOT, 'target/browser')
const DESKTOP = { width: 1280, height: 900 }
const PHONE = { width: 390, height: 844 }
mkdirSync(PICTURES, { recursive: true })

/** Waits for something that the page shows. */
function until(page, condition, argument) {
  return page.waitForFunction(condition, argument, { timeout: 60_000 })
}

const hasCalls = () => document.querySelectorAll('#calls tr').length >= 3

async function withPage(t, { options, browser, simulates = true }, use) {
  const program = await HookProgram.start(options)
  t.after(() => program.stop())
  if (simulates) {
    const clients = program.simulate()
    t.after(() => clients.stop())
  }
  const { page, problems, close } = await openBrowser({ viewport: DESKTOP, ...browser })
  t.after(close)
  await page.goto(program.url)
  await use(page, program)
  assert.deepEqual(problems, [])
}

test('while no broker has come, the page says what to do', async (t) => {
  await withPage(t, { simulates: false }, async (page, program) => {
    await page.getByRole('heading', { name: 'No broker has come yet' }).waitFor()
    const text = await page.locator('#empty').textContent()
    assert.match(text, new RegExp(`exhook simulate --to http://${program.bind}`))
    assert.match(text, /client\.authenticate/)
    await page.screenshot({ path: join(PICTURES, 'empty.png') })
    const clients = program.simulate()
    t.after(() => clients.stop())
    await page.getByRole('heading', { name: 'Hooks' }).waitFor({ timeout: 60_000 })
    assert.equal(await page.locator('#empty').isVisible(), false)
  })
})

test('hooks, brokers and calls appear and change', async (t) => {
  await withPage(t, {}, async (page) => {
    await until(page, hasCalls)
    const row = page.locator('#hooks tr', { hasText: 'message.publish' })
    const total = () => row.locator('td').nth(7).textContent()
    const before = await total()
    await until(
      page,
      (text) => {
        const rows = [...document.querySelectorAll('#hooks tr')]
        const row = rows.find((row) => row.textContent.startsWith('message.publish'))
        return row.children[8].textContent !== text
      },
      before,
    )
    assert.match(await page.locator('#brokers').textContent(), /EMQX \d+\.\d+/)
    assert.match(await row.textContent(), /replace\s+100%/)
    await page.waitForTimeout(12_000)
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme })
      await page.screenshot({ path: join(PICTURES, `desktop-${colorScheme}.png`), fullPage: true })
    }
    const grounds = []
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme })
      grounds.push(await page.evaluate(() => getComputedStyle(document.body).backgroundColor))
    }
    assert.notEqual(grounds[0], grounds[1])
  })
})

test('filters leave out what does not match, without payloads and passwords', async (t) => {
  await withPage(t, {}, async (page) => {
    await until(page, hasCalls)
    await page.getByLabel('Topic').fill('sensors/+/temperature')
    await page.locator('select[name=hook]').selectOption('message.publish')
    await until(page, () => {
      const rows = [...document.querySelectorAll('#calls tr')]
      return (
        rows.length >= 3 && rows.every((row) => row.children[1].textContent === 'message.publish')
      )
    })
    await page.getByLabel('Client id').fill('nobody-has-this-id')
    await page.getByText('No call has matched so far.').waitFor()
    await page.getByRole('button', { name: 'Clear' }).click()
    await until(page, hasCalls)
    const text = await page.content()
    assert.ok(!text.includes('"seq"') && !text.includes('sesame-open'))
  })
})

test('payloads are shown where admin_payloads is on', async (t) => {
  await withPage(t, { options: { EXHOOK_ADMIN_PAYLOADS: 'true' } }, async (page) => {
    await until(page, () => document.querySelector('#calls')?.textContent.includes('{"seq":'))
    assert.ok(!(await page.content()).includes('sesame-open'))
  })
})

test('a phone shows everything without scrolling sideways', async (t) => {
  const browser = { viewport: PHONE, hasTouch: true, isMobile: true, deviceScaleFactor: 2 }
  await withPage(t, { browser }, async (page) => {
    await until(page, hasCalls)
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme })
      await page.screenshot({ path: join(PICTURES, `phone-${colorScheme}.png`) })
    }
    const [wide, seen] = await page.evaluate(() => [
      document.documentElement.scrollWidth,
      innerWidth,
    ])
    assert.ok(wide <= seen, `${wide} > ${seen}`)
    assert.equal(seen, PHONE.width)
  })
})

test('the keyboard reaches everything, and pausing holds the page still', async (t) => {
  await withPage(t, {}, async (page) => {
    await until(page, hasCalls)
    await page.keyboard.press('Tab')
    assert.equal(await page.evaluate(() => document.activeElement.id), 'pause')
    await page.keyboard.press('Enter')
    await page.getByText('paused').waitFor()
    const uptime = page.locator('#uptime')
    const before = await uptime.textContent()
    const reached = []
    for (let presses = 0; presses < 5; presses++) {
      await page.keyboard.press('Tab')
      reached.push(
        await page.evaluate(() => document.activeElement.name || document.activeElement.type),
      )
    }
    assert.deepEqual(reached, ['clientid', 'topic', 'hook', 'verdict', 'reset'])
    await page.waitForTimeout(1_500)
    assert.equal(await uptime.textContent(), before)
    await page.getByRole('button', { name: 'Resume' }).press('Enter')
    await until(page, (text) => document.getElementById('uptime').textContent !== text, before)
  })
})

test('the page comes back by itself when the program does', async (t) => {
  await withPage(t, {}, async (page, program) => {
    await until(page, hasCalls)
    const process = await page.locator('#process').textContent()
    await program.stop()
    await page.getByText('connection lost; trying again').waitFor()
    await program.restart()
    await until(page, (text) => document.getElementById('process').textContent !== text, process)
    await page.getByText('live', { exact: true }).waitFor()
  })
})
