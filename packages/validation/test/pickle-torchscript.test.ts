import { deflateRawSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { scan } from '../src/scan/index.ts'
import {
  assemble,
  built,
  call,
  created,
  dictionary,
  named,
  type PicklePart,
  proto,
  shellCall,
  small,
  text,
  tuple,
} from './support/pickle-assembler.ts'
import { zipOf } from './support/zip-builder.ts'

const second = (...parts: readonly PicklePart[]): Buffer => assemble(proto(2), ...parts, '.')

const tensor = call(
  named('torch._utils', '_rebuild_tensor_v2'),
  assemble(tuple(text('storage'), named('torch', 'FloatStorage'), text('0'), text('cpu'), small(1)), 'Q'),
  small(0),
  tuple(small(1)),
  tuple(small(1)),
  '\x89',
  call(named('collections', 'OrderedDict')),
)

const helper = (name: string, ...values: readonly PicklePart[]): Buffer =>
  call(named('torch.jit._pickle', name), ...values)

const list = (...values: readonly PicklePart[]): Buffer => assemble('](', ...values, 'e')

const moduleOf = (...attributes: readonly PicklePart[]): Buffer =>
  second(built(created(named('__torch__', 'Model')), dictionary(text('training'), '\x88', ...attributes)))

const linear = built(created(named('__torch__.torch.nn.modules.linear', 'Linear')), dictionary(text('weight'), tensor))

/** What `torch.jit.save` of torch 1.13 writes for a module, entry by entry. */
const entries = (replaced: Readonly<Record<string, PicklePart | undefined>> = {}) =>
  Object.entries({
    'm/data.pkl': moduleOf(text('layer'), linear, text('sizes'), helper('build_intlist', list(small(1), small(2)))),
    'm/code/__torch__.py':
      'class Model(Module):\n  training : bool\n  def forward(self, x: Tensor) -> Tensor:\n    return x\n',
    'm/code/__torch__.py.debug_pkl': second(
      tuple(text('FORMAT_WITH_STRING_TABLE'), tuple(text('')), helper('build_intlist', list(small(0)))),
    ),
    'm/data/0': Buffer.alloc(4),
    'm/constants.pkl': second(')'),
    'm/version': '3\n',
    ...replaced,
  }).flatMap(([name, data]) => (data === undefined ? [] : [{ name, data }]))

const rulesOf = async (replaced: Readonly<Record<string, PicklePart | undefined>>): Promise<string[]> =>
  (await scan(zipOf(entries(replaced)))).findings.map(({ rule }) => rule)

test('an archive of TorchScript passes, with classes of its own and all that its writer calls', async () => {
  const values = {
    // TorchScript makes a member of an enumeration of a value that stands in no tuple.
    color: assemble(named('__torch__', 'Color'), small(1), 'R'),
    named: helper(
      'restore_type_tag',
      dictionary(text('a'), helper('build_tensorlist', list(tensor))),
      text('Dict[str, T]'),
    ),
    floats: helper('build_doublelist', list('G\x3f\xf0\0\0\0\0\0\0')),
    flags: helper('build_boollist', list('\x88')),
    // A submodule may be called what Python would call by itself.
    close: linear,
    append: linear,
  }
  const attributes = Object.entries(values).flatMap(([name, value]) => [text(name), value])
  const bytecode = second(tuple(small(7), tuple(text('__torch__.Model.forward'), tuple(tensor))))
  for (const replaced of [{}, { 'm/data.pkl': moduleOf(...attributes) }, { 'm/bytecode.pkl': bytecode }]) {
    const report = await scan(zipOf(entries(replaced)))
    expect(report).toMatchObject({ verdict: 'pass', findings: [], subject: { format: 'torchscript-zip' } })
  }
  const deflated = entries().map((entry) => ({
    ...entry,
    method: 8,
    compressed: deflateRawSync(assemble(entry.data)),
  }))
  expect((await scan(zipOf(deflated))).verdict).toBe('pass')
})

test('a harmful name in any pickle of TorchScript is found', async () => {
  for (const name of ['data.pkl', 'constants.pkl', 'bytecode.pkl', 'code/__torch__.py.debug_pkl']) {
    expect([name, await rulesOf({ [`m/${name}`]: second(shellCall) })]).toEqual([name, ['pickle/dangerous-call']])
  }
  expect(await rulesOf({ 'm/data.pkl': moduleOf(text('x'), shellCall) })).toEqual(['pickle/dangerous-call'])
  expect(await rulesOf({ 'm/extra/other.pkl': second(shellCall) })).toEqual(['pickle/dangerous-call'])
})

test('names that only look like those of TorchScript are refused in its archives', async () => {
  const refused = [
    call(named('__torch__', 'torch.os.system'), text('id')),
    created(named('__torch__x', 'Model')),
    call(named('torch.jit._pickle', 'build'), small(1)),
    call(named('__torch__', 'Model'), shellCall),
    // Given back, a name is still the name.
    built(helper('restore_type_tag', named('collections', 'OrderedDict'), text('T')), dictionary(text('a'), small(1))),
    call(helper('build_intlist', named('os', 'system')), text('id')),
  ]
  for (const value of refused) {
    expect((await scan(zipOf(entries({ 'm/data.pkl': moduleOf(text('x'), value) })))).verdict).toBe('fail')
  }
})

test('classes of TorchScript are refused where torch.load would take Python’s unpickler', async () => {
  const plain = moduleOf()
  expect((await scan(plain)).verdict).toBe('fail')
  // Without constants or code, or with them below another directory, torch takes it for a file of torch.save.
  expect(await rulesOf({ 'm/constants.pkl': undefined })).toContain('pickle/unknown-call')
  expect(await rulesOf({ 'm/code/__torch__.py': undefined, 'm/code/__torch__.py.debug_pkl': undefined })).toContain(
    'pickle/unknown-call',
  )
  expect(await rulesOf({ 'm/constants.pkl': undefined, 'n/constants.pkl': second(')') })).toContain(
    'pickle/unknown-call',
  )
})
