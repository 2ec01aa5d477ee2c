import { expect, test } from 'vitest'
import { scan } from '../src/scan/index.ts'
import { matlab4Of, matlabArray, matlabCompressed, matlabOf } from './support/matlab-files.ts'
import { callOf } from './support/python-files.ts'

const verdictOf = async (bytes: Buffer): Promise<string[]> => {
  const { subject, verdict, findings } = await scan(bytes)
  return [subject.format ?? '', verdict, ...findings.map(({ rule }) => rule)]
}

test('numbers, lists and compressed arrays of MATLAB pass', async () => {
  const array = matlabArray('cell', matlabArray('double'), matlabArray('structure', matlabArray('double')))
  expect(await verdictOf(matlabOf(matlabArray('double'), array))).toEqual(['matlab-5', 'pass'])
  expect(await verdictOf(matlabOf(matlabCompressed(array), matlabCompressed(array)))).toEqual(['matlab-5', 'pass'])
  expect(await verdictOf(Buffer.concat([matlab4Of(), matlab4Of()]))).toEqual(['matlab-4', 'pass'])
})

test('a MATLAB file that breaks off is malformed, compressed or not', async () => {
  const bytes = matlabOf(matlabArray('double'))
  expect(await verdictOf(bytes.subarray(0, -8))).toEqual(['matlab-5', 'fail', 'models/malformed'])
  const inner = matlabOf(matlabCompressed(matlabArray('double').subarray(0, -8)))
  expect(await verdictOf(inner)).toEqual(['matlab-5', 'fail', 'models/malformed'])
  const second = matlab4Of({ rows: 3 })
  expect(await verdictOf(Buffer.concat([matlab4Of(), second]))).toEqual(['matlab-4', 'fail', 'models/malformed'])
})

test('a pickle in the compressed values of a MATLAB file is found', async () => {
  const array = Buffer.concat([matlabArray('double'), matlabArray('cell', callOf('os', 'system', 'true'))])
  expect(await verdictOf(matlabOf(matlabCompressed(array)))).toContain('pickle/dangerous-call')
})

test('lists inside lists end', async () => {
  let array = matlabArray('double')
  for (let depth = 0; depth < 40; depth += 1) array = matlabArray('cell', array)
  expect(await verdictOf(matlabOf(array))).toEqual(['matlab-5', 'incomplete'])
})
