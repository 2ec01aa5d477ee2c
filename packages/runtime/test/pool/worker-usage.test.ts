import { expect, test, vi } from 'vitest'
import { type ReadProc, readWorkerUsage, watchUsage } from '../../src/pool/worker-usage.ts'

const stat = (name: string, numbers: Record<number, number>): string => {
  const fields = Array.from({ length: 50 }, (_, index) => numbers[index + 4] ?? 0)
  return `7 (${name}) S ${fields.join(' ')}`
}

const files: Record<string, string> = {
  '7/stat': stat('bwrap', { 10: 100, 12: 1, 14: 2, 15: 3, 20: 1 }),
  '7/status': 'Name:\tbwrap\nVmRSS:\t    1000 kB\n',
  '7/task/7/children': '8 9 ',
  // A name may look like fields.
  '8/stat': stat('a) S 1 (b', { 10: 5000, 12: 20, 14: 100, 15: 50, 20: 11 }),
  '8/status': 'Name:\tnode\nVmRSS:\t   80000 kB\n',
}
const read: ReadProc = async (path) => {
  const text = files[path]
  if (text === undefined) throw new Error('ENOENT')
  return text
}

test('what a worker uses is what it and all below it use', async () => {
  expect(await readWorkerUsage(7, read)).toEqual({
    residentBytes: 81_000 * 1024,
    cpuMs: 1550,
    minorFaults: 5100,
    majorFaults: 21,
    processes: 2,
    threads: 12,
  })
  expect(await readWorkerUsage(9, read)).toBeUndefined()
})

test('a worker that is its own child is not read for ever', async () => {
  const endless: ReadProc = (path) => (path.endsWith('children') ? Promise.resolve('7 7') : read(path))
  expect((await readWorkerUsage(7, endless))?.processes).toBe(32)
})

test('usage is looked at from time to time, of those that are there, until it is stopped', async () => {
  const seen: [pid: number, threads: number][] = []
  const stop = watchUsage(
    () => [7, 9],
    1,
    (pid, { threads }) => void seen.push([pid, threads]),
    read,
  )
  await vi.waitFor(() => expect(seen.length).toBeGreaterThan(1))
  stop()
  expect(seen.every(([pid, threads]) => pid === 7 && threads === 12)).toBe(true)
})
