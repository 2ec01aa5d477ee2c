import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { seccompFilter } from '../../src/sandbox/seccomp/filter.ts'
import { errors } from '../../src/sandbox/seccomp/policy.ts'
import { architectures } from '../../src/sandbox/seccomp/system-calls.ts'
import { attempts, testedNumber } from './attempts.ts'

// The kernel as the oracle: a small native program puts the filter on itself and makes one call.

const folder = mkdtempSync(join(tmpdir(), 'nootropic-seccomp-'))
const program = join(folder, 'raw-call')
const architecture = architectures.find((known) => known === process.arch) ?? 'x64'

beforeAll(() => {
  if (process.platform !== 'linux') throw new Error(`expected Linux, found ${process.platform}`)
  try {
    execFileSync('cc', ['-Wall', '-Werror', '-o', program, fileURLToPath(new URL('raw-call.c', import.meta.url))])
  } catch (cause) {
    throw new Error('expected a C compiler and the headers of Linux; install them with: apt install gcc libc6-dev', {
      cause,
    })
  }
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Beyond every error of the kernel's own: who sees one knows that the filter gave it. */
const mark = 1000
const markErrors = (filter: Buffer): Buffer => {
  for (let at = 0; at < filter.length; at += 8) {
    const value = filter.readUInt32LE(at + 4)
    const isError = filter.readUInt16LE(at) === 0x06 && (value & 0xffff0000) === 0x00050000
    if (isError) filter.writeUInt32LE(value + mark, at + 4)
  }
  return filter
}

/** What comes of a call under a stage's filter: `allow` when the kernel was asked, whatever it said. */
const attempt = (stage: 'start' | 'serve', number: string, args: readonly string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn(program, [number, ...args], { stdio: ['pipe', 'pipe', 'inherit'] })
    let said = ''
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
    child.on('error', reject)
    child.on('close', (code, signal) => {
      const error = Number(said.split(' ')[1] ?? 0) - mark
      if (signal === 'SIGSYS') resolve('kill')
      else if (code !== 0) reject(new Error(`raw-call ${number} ${args.join(' ')}: ${code ?? signal}`))
      else resolve(Object.entries(errors).find(([, errno]) => errno === error)?.[0] ?? 'allow')
    })
    child.stdin.end(markErrors(seccompFilter(architecture, stage, child.pid)))
  })

test.each(['start', 'serve'] as const)('the kernel does what the filter of %s says', async (stage) => {
  const found: string[] = []
  const expected: string[] = []
  for (const [what, call, args, start, serve] of attempts) {
    const number = testedNumber(call, architecture)
    if (number === undefined) continue
    found.push(`${what}: ${await attempt(stage, String(number), args.map(String))}`)
    expected.push(`${what}: ${stage === 'start' ? start : serve}`)
  }
  expect(found).toEqual(expected)
  expect(found.length).toBeGreaterThan(100)
})

test.runIf(process.arch === 'x64')('the 32-bit entry and the x32 ABI are death', async () => {
  for (const stage of ['start', 'serve'] as const) {
    expect(await attempt(stage, 'i386:20', [])).toBe('kill')
    expect(await attempt(stage, String(0x40000000 + 39), [])).toBe('kill')
    expect(await attempt(stage, '39', [])).toBe('allow')
  }
})
