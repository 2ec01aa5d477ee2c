import { deflateSync } from 'node:zlib'
import type { Clock } from '@nootropic/core'
import { expect, test } from 'vitest'
import { scan } from '../src/scan/index.ts'
import { Effort, effortSpent } from '../src/scan/pickle/effort.ts'
import type { PickleRun } from '../src/scan/pickle/pickle-run.ts'
import { runPickle } from '../src/scan/pickle/run-pickle.ts'
import { bytesSource } from '../src/scan/source.ts'
import {
  assemble,
  built,
  call,
  created,
  dictionary,
  little,
  type PicklePart,
  proto,
  small,
  stacked,
  text,
  tuple,
} from './support/pickle-assembler.ts'

/** Effort that remembers what was taken: once it is spent, nothing more is done for what is asked. */
class CountedEffort extends Effort {
  taken = 0

  override take(cost: number): boolean {
    if (!this.isSpent) this.taken += cost
    return super.take(cost)
  }
}

/** The last thing that is begun may be so much dearer than what was left: a text that is inflated. */
const largestStep = 2 ** 21

interface Measured {
  readonly run: PickleRun
  readonly effort: Effort
}

/** Runs a pickle that makes `head`, does `unit` with it again and again, and then calls what is not allowed. */
const runOf = (head: PicklePart, unit: PicklePart, count: number): Measured => {
  const units = Buffer.concat(new Array(count).fill(assemble(unit)))
  const source = bytesSource(assemble(proto(4), head, units, "cwebbrowser\nopen\n(S'x'\ntR."))
  const effort = new CountedEffort().allow(source)
  const allowed = effort.left
  const run = runPickle(source, 0, { effort })
  expect(run.end.kind).toBe('stop')
  expect(run.imports.map(({ name }) => name)).toContain('open')
  expect(effort.taken).toBeLessThan(allowed + source.size + largestStep)
  return { run, effort }
}

const literal = (value: PicklePart): Buffer => {
  const bytes = assemble(value)
  return assemble('X', little(bytes.length, 4), bytes)
}

// --- One pickle ---------------------------------------------------------------------------------------------------

const keys = Array.from({ length: 30 }, () => assemble(text('name'), 'N'))
const distribution = created(stacked('scipy.stats._continuous_distns', 'gamma_gen'))
const inflating = literal(deflateSync(assemble(proto(4), Buffer.alloc(2 ** 23, 'N0'))))
const encoding = assemble('c_codecs\nencode\n\x94(X', little(2 ** 16, 4), '\xc3\xa3', Buffer.alloc(2 ** 16 - 2, 'A'))
const filledLate = assemble(']\x94]\x94a0h\x01', stacked('torch.storage', '_load_from_bytes'), '\x94a0')
const lists = assemble('(', ...new Array(60).fill(assemble('](', ']'.repeat(15), 'e')), 't\x94')

test.each([
  ['states of many keys', assemble(distribution, '\x94', dictionary(...keys), '\x94'), 'h\x00h\x01b0', 100_000],
  ['texts that inflate', '', assemble(inflating, '0'), 20],
  ['texts that look like something encoded', '', assemble(text('gASVabcdefgh'), '0'), 300_000],
  ['a text that is encoded', assemble(encoding, text('latin1'), 't\x94'), 'h\x00h\x01R0', 5000],
  [
    'containers that were filled late',
    assemble(filledLate, 'ccollections\nOrderedDict\n\x94', lists),
    'h\x03h\x04R0',
    20_000,
  ],
])('what a pickle does again and again with the same bytes ends at a count: %s', (_, head, unit, count) => {
  const { run, effort } = runOf(head, unit, count)
  expect(effort.isSpent).toBe(true)
  expect([...run.log.reasons]).toContain(effortSpent)
})

/** A tuple of six of the tuples before, three deep, in the memo from `first` on. */
const shared = (leaf: PicklePart, first: number): Buffer =>
  assemble(
    ...[leaf, '\x94'],
    ...Array.from({ length: 3 }, (_, depth) => `0(${`h${String.fromCharCode(first + depth)}`.repeat(6)}t\x94`),
  )

test('arguments that hold the same values again and again are described in a few words', () => {
  const { run } = runOf(assemble('cos\nsystem\n\x94', shared(text('A'.repeat(100)), 1)), 'h\x00h\x04R0', 1000)
  const [described = ''] = run.log.calls
  expect(described.length).toBeLessThan(400)
  expect(described).toMatch(/^os\.system\(\(\("A{100}"/)
})

test('bytes that many calls load are one part', () => {
  const load = stacked('torch.storage', '_load_from_bytes')
  const encoded = call(
    'c_codecs\nencode\n',
    assemble('X', little(2 ** 16, 4), Buffer.alloc(2 ** 16, 'A')),
    text('latin1'),
  )
  for (const loaded of [encoded, literal('N.')]) {
    const { run } = runOf(assemble(load, '\x94', loaded, '\x85\x94'), 'h\x00h\x01R0', 100)
    expect(run.parts).toHaveLength(1)
  }
})

test('arrays of joblib whose bytes are opcodes that lead to the next are each run once by either loader', () => {
  const type = built(
    call(stacked('numpy', 'dtype'), text('u1'), '\x89', '\x88'),
    tuple(small(3), text('|'), 'N', 'N', 'N', 'J\xff\xff\xff\xff', 'J\xff\xff\xff\xff', small(0)),
  )
  const state = dictionary(text('shape'), tuple(small(2)), text('dtype'), type)
  const array = assemble(built(created(stacked('joblib.numpy_pickle', 'NumpyArrayWrapper')), state), 'N0', '0')
  const { run, effort } = runOf('', array, 1000)
  expect(run.arrays).toBe(1000)
  expect(effort.isSpent).toBe(false)
})

// --- A sweep ------------------------------------------------------------------------------------------------------

/** Stands still: whatever ends a scan, it is not the time. */
const clock: Clock = { now: () => new Date(0), monotonicMs: () => 0 }

test.each([
  ['places that each lead through the next', '\x80\x04]'.repeat(300_000)],
  ['imports of text one behind another', 'cos\n'.repeat(300_000)],
  ['names without number', Array.from({ length: 100_000 }, (_, index) => `cos\nf${index}\n0`).join('')],
  [
    'texts that inflate at each place',
    assemble('\x80\x04', inflating, 'cdatetime\ndate\n0').toString('latin1').repeat(40),
  ],
])('a sweep for pickles ends at a count, and says so: %s', async (_, places) => {
  const report = await scan(assemble('\0\0', places), { clock })
  expect(report.verdict).toBe('incomplete')
  expect(report.stages[0]?.note).toContain(effortSpent)
})

test('pickles that act are told of however many there are', async () => {
  const report = await scan(assemble('\0', '\0cos\nsystem\n'.repeat(100_000)), { clock })
  expect(report.verdict).toBe('fail')
})

test('a sweep over sound pickles side by side spends nothing worth a word', async () => {
  const report = await scan(assemble('\0\0', '\x80\x04N.'.repeat(200_000)), { clock })
  expect(report.stages[0]?.note).not.toContain(effortSpent)
})
