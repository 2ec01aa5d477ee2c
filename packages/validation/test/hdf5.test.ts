import { expect, test } from 'vitest'
import { scan } from '../src/scan/index.ts'
import { h5pySample } from './support/h5py-samples.ts'
import { contiguous, datasetHdf5, dataspace, floats, hardLink, hdf5, kerasHdf5, textAttribute } from './support/hdf5.ts'

const rulesOf = async (bytes: Uint8Array): Promise<string[]> => {
  const { findings } = await scan(bytes)
  return [...new Set(findings.map(({ rule }) => rule))].toSorted()
}

test('what h5py writes is read in its oldest and its newest structures', async () => {
  for (const library of ['earliest', 'latest'] as const) {
    const report = await scan(h5pySample(library))
    expect(report.subject.format).toBe('keras-h5')
    expect(report.findings.map(({ rule, severity, location }) => [rule, severity, location.inside])).toEqual([
      ['keras/lambda-code', 'critical', '/@model_config:config.layers.0'],
      ['keras/hdf5-external-link', 'high', '/outside'],
    ])
  }
})

test('a harmless model and a plain dataset pass', async () => {
  const model = await scan(
    kerasHdf5({ class_name: 'Sequential', config: { layers: [{ class_name: 'Dense', config: {} }] } }),
  )
  expect([model.subject.format, model.verdict, model.findings]).toEqual(['keras-h5', 'pass', []])
  const plain = await scan(datasetHdf5([dataspace(4), floats, contiguous(16, 40_000)]))
  expect([plain.subject.format, plain.verdict, plain.findings]).toEqual(['hdf5', 'pass', []])
})

test('the file behind a user block is read, in what begins as another format too', async () => {
  const hostile = h5pySample('latest')
  const block = Buffer.alloc(1024)
  block.write('{"name": "harmless"}\n')
  expect(await rulesOf(Buffer.concat([block, hostile]))).toContain('keras/lambda-code')
  const pickle = Buffer.alloc(512)
  pickle.write('\u0080\u0004]\u0094.', 'latin1')
  expect(await rulesOf(Buffer.concat([pickle, hostile]))).toContain('keras/lambda-code')
})

test('a group inside itself and an object under two names are read once', async () => {
  const rootAddress = 48
  const file = hdf5(
    [hardLink('self', rootAddress), hardLink('a', 16_384), hardLink('b', 16_384)],
    [textAttribute('x', 'y')],
  )
  const report = await scan(file)
  expect([report.verdict, report.findings]).toEqual(['pass', []])
})

test('a configuration that is no JSON leaves the verdict incomplete', async () => {
  expect((await scan(hdf5([textAttribute('model_config', '{"class_name": ')]))).verdict).toBe('incomplete')
})

test('numbers that Python writes into JSON do not hide a layer', async () => {
  const text =
    '{"class_name": "Sequential", "config": {"max": Infinity, "note": "NaN \\"", "layers": [{"class_name": "Lambda", "config": {"function": ["gAU=", NaN, null]}}]}}'
  expect(await rulesOf(hdf5([textAttribute('model_config', text)]))).toEqual(['keras/lambda-code'])
})

test('a header that continues in itself ends', async () => {
  const continuation = { type: 0x10, body: Buffer.alloc(16) }
  continuation.body.writeBigUInt64LE(20_000n, 0)
  continuation.body.writeBigUInt64LE(28n, 8)
  const file = hdf5([continuation])
  const again = Buffer.concat([Buffer.from('OCHK'), Buffer.from([0x10, 16, 0, 0]), continuation.body, Buffer.alloc(4)])
  again.copy(file, 20_000)
  const report = await scan(file)
  expect([report.verdict, report.findings[0]?.rule]).toEqual(['fail', 'keras/hdf5-malformed'])
})

const commandPickle = "cos\nsystem\n(S'true'\ntR."

test('an attribute that PyTables unpickles is read as a pickle, whatever stands before the import', async () => {
  const padded = `(lp0\n${"S'x'\na".repeat(3000)}0${commandPickle}`
  for (const pickle of [commandPickle, padded]) {
    const report = await scan(hdf5([textAttribute('evil', pickle)]))
    expect(report.verdict).toBe('fail')
    expect(report.findings.map(({ rule }) => rule)).toContain('pickle/dangerous-call')
  }
})

test('a plain value that PyTables pickles passes', async () => {
  const report = await scan(hdf5([textAttribute('index_name', 'N.'), textAttribute('TITLE', 'Weights, second part.')]))
  expect(report.verdict).toBe('pass')
})

const rowsOf = (values: readonly string[], kind: string): Buffer =>
  datasetHdf5(
    [
      dataspace(1),
      floats,
      contiguous(16, 40_000),
      textAttribute('CLASS', 'VLARRAY'),
      textAttribute('PSEUDOATOM', kind),
    ],
    { values },
  )

test('rows of a PyTables array of objects are read as pickles', async () => {
  const hostile = await scan(rowsOf(['I1\n.', commandPickle], 'object'))
  expect(hostile.verdict).toBe('fail')
  expect(hostile.findings.map(({ rule }) => rule)).toContain('pickle/dangerous-call')
  expect((await scan(rowsOf(['I1\n.', '(lp0\nI2\na.', 'a text of an attribute'], 'object'))).verdict).toBe('pass')
})

test('rows of text are no pickles', async () => {
  const report = await scan(rowsOf(['N.', 'cats and dogs\nlive here\n'], 'vlunicode'))
  expect([report.verdict, report.findings]).toEqual(['pass', []])
})

test('collections of nothing inside one another end', async () => {
  const collection = Buffer.alloc(32)
  collection.write('GCOL\u0001')
  collection.writeUInt32LE(2 ** 30, 8)
  collection.writeUInt16LE(1, 16)
  const forged = Buffer.concat(Array.from({ length: 100_000 }, () => collection))
  const report = await scan(Buffer.concat([rowsOf(['I1\n.'], 'object'), forged]))
  expect(report.verdict).not.toBe('pass')
})
