import { expect, test } from 'vitest'
import { scan } from '../src/scan/index.ts'
import { readPythonModule } from '../src/scan/python/import-time-calls.ts'
import { callOf, codeOf, compiledOf, pickleOf, skopsNode, skopsOf, zfileOf } from './support/python-files.ts'
import { zipOf } from './support/zip-builder.ts'

const callsOf = (source: string): readonly string[] => readPythonModule(source).atImport.map(({ call }) => call)

test('the pickle of a compressed file of an old joblib is read', async () => {
  expect((await scan(zfileOf(pickleOf('}')))).verdict).toBe('pass')
  expect((await scan(zfileOf(callOf('os', 'system', 'true')))).verdict).toBe('fail')
})

test('compiled code is told by what it names', async () => {
  const [plain] = (await scan(compiledOf(codeOf(['os', 'getpid'])))).findings
  const [reaching] = (await scan(compiledOf(codeOf(['os', 'system'])))).findings
  expect([plain?.severity, reaching?.severity]).toEqual(['medium', 'high'])
  expect(reaching?.evidence).toEqual({ names: ['os', 'system'] })
})

test('compiled code that breaks off is blocked all the same', async () => {
  const report = await scan(compiledOf(codeOf(['os'])).subarray(0, 60))
  expect(report.verdict).toBe('fail')
})

test('what importing a module calls is followed through its functions, classes and other names', () => {
  expect(callsOf('import os as o\no.system("x")')).toEqual(['os.system'])
  expect(callsOf('from os import *\nsystem("x")')).toEqual(['os.system'])
  expect(callsOf('import os\ndef a():\n  b()\ndef b():\n  os.fork()\na()')).toEqual(['os.fork'])
  expect(callsOf('import os\nclass A:\n  def go(self):\n    os.fork()\nA().go()')).toEqual(['os.fork'])
  expect(callsOf('import os\n@start\nclass A: pass\ndef start(c): os.fork()')).toEqual(['os.fork'])
  expect(callsOf('import os\nif True:\n  def go():\n    os.fork()\n')).toEqual([])
  expect(callsOf('import os\nx = """\nos.fork()\n"""\ny = [\n  1, # os.fork()\n]\n')).toEqual([])
  expect(callsOf('def eval(x):\n  return x\neval(1)')).toEqual([])
})

test('source that is meant to cost time is read in the time that its length takes', () => {
  const hostile = [
    'a'.repeat(2 ** 20),
    'a.'.repeat(2 ** 19),
    '('.repeat(2 ** 20),
    'from os import *\n'.repeat(2 ** 16),
    '"'.repeat(2 ** 20),
  ]
  for (const source of hostile) {
    readPythonModule(source)
  }
})

test('CVE-2025-54412, CVE-2025-54413: the schema is judged inside its archive', async () => {
  const archive = (schema: Buffer): Buffer => zipOf([{ name: 'schema.json', data: schema.toString() }])
  const attribute = skopsNode('OperatorFuncNode', 'operator.call', {
    attrs: skopsNode('TupleNode', 'builtins.tuple', { content: [] }),
  })
  expect((await scan(archive(skopsOf(skopsNode('TypeNode', 'numpy.float64'))))).verdict).toBe('pass')
  const report = await scan(archive(skopsOf(attribute)))
  expect([report.verdict, report.findings[0]?.rule]).toEqual(['fail', 'python/skops-operator-function'])
})

test('CVE-2025-54886: a pickle under the name of a skops model is read as the pickle that it is', async () => {
  const report = await scan(callOf('os', 'system', 'true'), { name: 'model.skops' })
  expect([report.verdict, report.subject.format]).toEqual(['fail', 'pickle'])
})
