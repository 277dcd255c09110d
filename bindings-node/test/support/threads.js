'use strict'

/**
 * A program of which every thread runs the same file; `main` is what the main thread does, which
 * can `start(number, bind)` a worker and is told its address.
 */
function threaded(main, work = '', options = '') {
  return `
    import { App } from 'exhook'
    import { once } from 'node:events'
    import { setTimeout as sleep } from 'node:timers/promises'
    import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'

    const app = new App({ drainTimeoutMs: 2_000, timeoutMs: 60_000, ${options} })
    app.onClientAuthenticate(async ({ clientid }) => {
      console.log('called', clientid, 'in', workerData?.number)
      if (clientid.startsWith('forever')) await sleep(1e8)
      if (clientid.startsWith('slow')) await sleep(300)
      return true
    })
    app.onClientAuthorize(({ clientid, message }) => {
      console.log(clientid, 'is served by', workerData?.number)
      return true
    })
    async function start(number, bind = '127.0.0.1:0') {
      const worker = new Worker(new URL(import.meta.url), { workerData: { number, bind } })
      worker.on('error', (error) => console.log('worker', number, 'failed', error))
      worker.on('exit', (code) => console.log('worker', number, 'ended with', code))
      const [address] = await once(worker, 'message')
      return { worker, address }
    }
    if (isMainThread) {
      ${main}
    } else {
      ${work}
      await app.listen(workerData.bind)
      parentPort.postMessage(app.address)
      parentPort.on('message', () => app.close().then(() => parentPort.unref()))
    }`
}

module.exports = { threaded }
