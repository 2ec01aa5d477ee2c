import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runIn } from './support/run-command.ts'

let folder: string
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nootropic-audit-command-'))
  writeFileSync(join(folder, 'model.onnx'), 'a model that no check looked at')
  await seal('1.0.0')
})
afterEach(() => rmSync(folder, { recursive: true }))

const place = (path: string): string => join(folder, path)
const installed = (...words: string[]) => runIn(folder, [...words, '--home', place('home'), '--isolation', 'none'])
const alone = (...words: string[]) => runIn(folder, words)
const seal = (version: string) => installed('seal', 'model.onnx', '--name', 'weights', '--version', version)
const document = ({ output }: { output: string }) => JSON.parse(output) as Record<string, unknown>

/** Keeps the checkpoint of now in a file, and gives the key of the log. */
const keepCheckpoint = async (path: string): Promise<string> => {
  const { verifierKey, checkpoint } = document(await installed('audit', 'verify', '--json'))
  writeFileSync(place(path), String(checkpoint))
  return String(verifierKey)
}

test('the tail is the last entries in order, of one view if asked', async () => {
  const { exit, output } = await installed('audit', 'tail', '--count', '2')
  expect([
    exit,
    output
      .trimEnd()
      .split('\n')
      .map((line) => line.split(' ').slice(1, 5).join(' ')),
  ]).toEqual([0, ['operation allowed system:nootropic seal', 'operation succeeded system:nootropic seal']])
  const one = document(await installed('audit', 'tail', '--count', '1', '--category', 'operation', '--json'))
  expect(one.entries).toMatchObject([{ action: 'seal', outcome: 'succeeded' }])
  expect((await installed('audit', 'tail', '--category', 'access')).output).toBe('')
  for (const wrong of [
    ['--count', 'many'],
    ['--count', '0'],
    ['--category', 'gossip'],
  ]) {
    expect((await installed('audit', 'tail', ...wrong)).exit).toBe(2)
  }
})

test("the installation's log verifies, with a checkpoint that was kept, and not with that of another", async () => {
  const key = await keepCheckpoint('anchor')
  await seal('2.0.0')
  const { exit, output } = await installed('audit', 'verify', '--anchor', 'anchor')
  expect([exit, output]).toEqual([0, expect.stringMatching(/^\d+ entries are what was signed\nkeep elsewhere: /)])
  const { root, size, verifierKey } = document(await installed('audit', 'verify', '--json'))
  // The root is that of the signed text, not an encoding of it.
  const lines = (document(await installed('audit', 'verify', '--json')).checkpoint as string).split('\n')
  expect(lines.slice(0, 3)).toEqual(['nootropic.local/audit', String(size), root])
  expect(verifierKey).toBe(key)
  writeFileSync(place('anchor'), readFileSync(place('anchor'), 'utf8').replace(/\n[A-Za-z0-9+/]{4}/, '\nAAAA'))
  expect((await installed('audit', 'verify', '--anchor', 'anchor')).diagnostics).toMatch(/^nootropic: AUDIT_CORRUPT: /)
})

test('an export verifies by the key alone, and shows a change and an end that was cut', async () => {
  const exported = await installed('audit', 'export', 'export')
  expect([exported.exit, exported.output]).toEqual([0, expect.stringContaining('are in export\ntheir key: ')])
  await seal('2.0.0')
  const key = await keepCheckpoint('anchor')
  const verify = (...words: string[]) => alone('audit', 'verify', '--directory', 'export', '--key', key, ...words)
  expect((await verify()).output).toMatch(/^\d+ entries of nootropic.local\/audit are what was signed\nwhether its end/)
  expect(document(await verify('--json'))).toMatchObject({ origin: 'nootropic.local/audit', isAnchored: false })
  expect((await verify('--anchor', 'anchor')).diagnostics).toContain('where a checkpoint kept elsewhere has')
  expect((await verify('--anchor', 'export/checkpoint')).exit).toBe(0)
  expect((await installed('audit', 'export', 'export')).diagnostics).toContain('USAGE')
  const bundle = place(`export/tile/entries/${readdirSync(place('export/tile/entries'))[0]}`)
  const [name = ''] = readdirSync(bundle)
  writeFileSync(join(bundle, name), readFileSync(join(bundle, name), 'utf8').replace('weights', 'weighty'))
  expect([(await verify()).exit, (await verify()).diagnostics]).toEqual([1, expect.stringContaining('AUDIT_CORRUPT')])
  // A copy of the log itself, not by its own program.
  cpSync(place('home/audit'), place('copy'), { recursive: true })
  expect((await alone('audit', 'verify', '--directory', 'copy', '--key', key, '--anchor', 'anchor')).exit).toBe(0)
})

test('a proof holds by the key alone, says what it proves, and not once it is changed', async () => {
  const key = await keepCheckpoint('anchor')
  const { size } = document(await installed('audit', 'verify', '--json'))
  await seal('2.0.0')
  const proved = await installed('audit', 'prove', '1', '--since', String(size), '--output', 'proof.json')
  expect([proved.exit, proved.output]).toEqual([0, 'the proof of entry 1 is in proof.json\n'])
  const verify = (...words: string[]) => alone('audit', 'verify', '--proof', 'proof.json', '--key', key, ...words)
  const { exit, output } = await verify('--anchor', 'anchor')
  expect([exit, output]).toEqual([0, expect.stringMatching(/^entry 1: .* seal .*\nis in .*\nwhich goes on from the /)])
  expect(document(await verify('--json'))).toMatchObject({ index: 1, entry: { action: 'seal' }, since: { size } })
  expect((await installed('audit', 'verify', '--proof', 'proof.json')).exit).toBe(0)
  // What is printed is a proof too.
  for (const words of [['--json'], []]) {
    writeFileSync(place('printed.json'), (await installed('audit', 'prove', '0', ...words)).output)
    expect((await alone('audit', 'verify', '--proof', 'printed.json', '--key', key)).exit).toBe(0)
  }
  writeFileSync(place('proof.json'), readFileSync(place('proof.json'), 'utf8').replace('weights', 'weighty'))
  expect([(await verify()).exit, (await verify()).diagnostics]).toEqual([1, expect.stringContaining('AUDIT_CORRUPT')])
})

test('whoever names a wrong thing is told so in one sentence', async () => {
  const key = await keepCheckpoint('anchor')
  mkdirSync(place('empty'))
  writeFileSync(place('text'), 'some text')
  const wrong: [code: string, ...words: string[]][] = [
    ['USAGE', 'prove', 'first'],
    ['USAGE', 'prove', '999'],
    ['USAGE', 'prove', '0', '--since', '999'],
    ['USAGE', 'prove', '0', '--output', 'text'],
    ['USAGE', 'export', 'home'],
    ['FILE_UNREADABLE', 'export', 'text'],
    ['USAGE', 'verify', '--key', key],
    ['USAGE', 'verify', '--directory', 'empty'],
    ['USAGE', 'verify', '--directory', 'empty', '--proof', 'text', '--key', key],
    ['USAGE', 'verify', '--directory', 'home/audit', '--key', 'nonsense'],
    ['FILE_UNREADABLE', 'verify', '--directory', 'empty', '--key', key],
    ['FILE_UNREADABLE', 'verify', '--directory', 'nowhere', '--key', key],
    ['FILE_UNREADABLE', 'verify', '--directory', 'text', '--key', key],
    ['FILE_UNREADABLE', 'verify', '--anchor', 'nowhere'],
    ['AUDIT_CORRUPT', 'verify', '--anchor', 'text'],
    ['AUDIT_CORRUPT', 'verify', '--proof', 'text', '--key', key],
    ['AUDIT_CORRUPT', 'verify', '--proof', 'home/audit/checkpoint', '--key', key],
  ]
  for (const [code, verb = '', ...words] of wrong) {
    const isAlone = words.includes('--key')
    const { exit, diagnostics } = await (isAlone ? alone : installed)('audit', verb, ...words)
    const sentence = expect.stringMatching(new RegExp(`^nootropic: ${code}: expected [^\\n]+\\n$`))
    expect([words, exit === 0, diagnostics]).toEqual([words, false, sentence])
  }
})
