// The native module, as `src/` has it. Only this package uses it.

import type { HookRow } from './hooks.js'

/** The registrations of an app. */
export class Registry {
  register(hook: string, topics: string[], options: object): number
  hooks(): { name: string; topics: string[] }[]
  listen(settings: Settings, now: number, ring: () => void): Promise<Lane>
}

/** The options of a run, each with where its value is from. */
export class Settings {
  constructor(
    own: { name: string; byDefault: string | boolean; words: string[] }[],
    config: object,
    code: { bind?: string; file?: string },
    environment: Record<string, string>,
    flags: Record<string, string>,
  )
  value(name: string): string | boolean | null
  text(): string
}

/** One event loop's part in serving. */
export class Lane {
  readonly address: string
  readonly hooks: { name: string; topics: string[] }[]
  drain(memory: Buffer, slab: number, from: number, most: number): number
  forget(slab: number): number
  answer(memory: Buffer, length: number): string[] | null
  metrics(): object
  stop(): Promise<void>
}

/** Takes log records of the core. */
export class LogReader {
  take(): { level: 'error' | 'warn' | 'info' | 'debug' | 'trace'; message: string }[]
  close(): void
}

/** A simulated broker; what it is told and tells is JSON. */
export class TestBroker {
  perform(command: string): Promise<string>
  close(): Promise<void>
}

export function writeTestRequest(hook: string, message: Buffer, memory: Buffer): number
export function startTestBroker(settings: string): Promise<TestBroker>
export function version(): string
export function hooks(): HookRow[]
export function defaultBind(): string
export function defaultConfig(): Record<string, number | boolean>
export function describeConfig(): Record<string, string>
export function checkConfig(options: object): void
export function checkMessage(topic: string | undefined, qos: number | undefined): void
export function didYouMean(name: string, known: string[]): string
export function readLogs(level: string, ring: () => void): LogReader
export function cli(argv: string[], runFlags: string[]): number
