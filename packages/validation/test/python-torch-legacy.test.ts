import { expect, test } from 'vitest'
import { scan } from '../src/scan/index.ts'
import { callOf, pickleOf, torchLegacyOf, torchMagic } from './support/python-files.ts'

test('a file of torch before 1.6 passes', async () => {
  const report = await scan(torchLegacyOf())
  expect([report.verdict, report.subject.format, report.findings]).toEqual(['pass', 'torch-legacy', []])
})

test('the pickle of the object is read, and named in the finding', async () => {
  const report = await scan(torchLegacyOf({ object: callOf('os', 'system', 'true') }))
  expect(report.verdict).toBe('fail')
  expect(report.findings.some(({ location }) => location.inside?.startsWith('object'))).toBe(true)
})

test('each of the five pickles is read', async () => {
  const hostile = callOf('os', 'system', 'true')
  const version = Buffer.concat([pickleOf([0x4d, 0xe9, 3]), hostile])
  expect((await scan(torchLegacyOf({ version }))).verdict).toBe('fail')
  expect((await scan(torchLegacyOf({ object: hostile }))).verdict).toBe('fail')
})

test('a magic number that a call computes does not hide the file', async () => {
  const magic = callOf('__builtin__', 'eval', '0x1950A86A20F9469CFC6C')
  expect((await scan(torchLegacyOf({ magic }))).verdict).toBe('fail')
})

test('a hostile pickle between the magic number and the version is read', async () => {
  const magic = Buffer.concat([torchMagic, callOf('os', 'system', 'true')])
  expect((await scan(torchLegacyOf({ magic }))).verdict).toBe('fail')
})

test('the magic number in another protocol passes as pickles', async () => {
  const magic = Buffer.concat([Buffer.from([0x80, 3]), torchMagic.subarray(2)])
  expect((await scan(torchLegacyOf({ magic }))).verdict).toBe('pass')
})
